/** Makes nodes known, gives them join tokens, and forgets them. Each is a change with a revision of its own. */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Address } from '../../domain/address.js';
import { planOf } from '../changes/plan-in-progress.js';
import { recordRevision } from '../changes/record-revision.js';
import { publishDocuments } from '../delivery/publish/publish-documents.js';
import { requireMatch } from '../http/etag.js';
import { readAddress } from '../http/read-address.js';
import { NODES_CHANNEL, notify } from '../store/channels.js';
import { readCommitOrder, takeNextRevision, type CommitOrder } from '../store/commit-order.js';
import { NodeAddressRow } from '../store/rows/node-address.row.js';
import { NodeRow } from '../store/rows/node.row.js';
import { takeId } from '../store/take-id.js';
import { Transactions } from '../store/transactions.js';
import { addressesOf } from './addresses-of.js';
import { nodeCreation, nodeDeletion, nodeUpdate } from './audit-node.js';
import { makeJoinToken, type JoinToken } from './join-token.js';
import { documentsOfNewNode } from './documents-of-new-node.js';
import type { CreateNodeDto } from './node.dto.js';
import { requireFreeAddresses, requireFreeName, requireLetGo, requireUnused } from './node-rules.js';
import { nodeNotFound } from './read-nodes.js';
import { revisionsOfNodes } from './revisions-of-nodes.js';
import { touchedByNode } from './touched-by-node.js';

export interface Joining {
  readonly id: string;
  readonly joinToken: JoinToken;
}

@Injectable()
export class WriteNodes {
  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  create(dto: CreateNodeDto): Promise<Joining> {
    const addresses = dto.addresses.map(readAddress);
    return this.transactions.run(async (manager) => {
      const plan = planOf(manager);
      const at = new Date();
      const order = await (plan === undefined ? takeNextRevision(manager) : readCommitOrder(manager));
      await requireFreeName(manager, dto.name);
      await requireFreeAddresses(manager, addresses);
      const id = takeId(manager);
      plan?.takeObjects({
        entries: [nodeCreation({ ...dto, id }, addresses)],
        documents: await documentsOfNewNode(manager, { ...dto, id }, addresses),
      });
      const joinToken = makeJoinToken(at);
      await insertNode(manager, { ...dto, id }, addresses, joinToken, at);
      await recordRevision(manager, order, at, [nodeCreation({ ...dto, id }, addresses)]);
      await publishDocuments(manager, order, await touchedByNode(manager, id));
      return { id, joinToken };
    });
  }

  /** For a node that has lost its credential, or whose token has expired. The old credential works until then. */
  renewJoinToken(id: string, ifMatch: string | undefined): Promise<Joining> {
    return this.transactions.run(async (manager) => {
      const at = new Date();
      const order = await lockNode(manager, id);
      const node = await requireNode(manager, id, ifMatch);
      const addresses = await addressesOf(manager, id);
      const before = { joinTokenExpiresAt: node.joinTokenExpiresAt };
      // When it would expire depends on when it is made.
      const planned = nodeUpdate(node, addresses, before, { joinTokenExpiresAt: null });
      planOf(manager)?.takeObjects({ entries: [planned], documents: [] });
      const joinToken = makeJoinToken(at);
      const { hash: joinTokenHash, expiresAt: joinTokenExpiresAt } = joinToken;
      await manager.update(NodeRow, { id }, { joinTokenHash, joinTokenExpiresAt });
      const change = nodeUpdate(node, addresses, before, { joinTokenExpiresAt });
      await recordRevision(manager, order, at, [change]);
      return { id, joinToken };
    });
  }

  /** @param force forgets an agent that is away although its host may still hold VIPs. */
  remove(id: string, force: boolean, ifMatch: string | undefined): Promise<void> {
    return this.transactions.run(async (manager) => {
      const order = await lockNode(manager, id);
      const node = await requireNode(manager, id, ifMatch);
      const addresses = await addressesOf(manager, id);
      await requireUnused(manager, addresses, node);
      const vipsLeftBehind = await requireLetGo(manager, node, force);
      const lost = vipsLeftBehind.length === 0 ? {} : { forced: true, vipsLeftBehind };
      const entries = [nodeDeletion(node, addresses, lost)];
      planOf(manager)?.takeObjects({ entries, documents: [] });
      await manager.delete(NodeRow, { id });
      await notify(manager, NODES_CHANNEL);
      await manager.query('DELETE FROM document WHERE scope = $1', [id]);
      await manager.query('DELETE FROM document_scope WHERE scope = $1', [id]);
      await recordRevision(manager, order, new Date(), entries);
      // A director that is gone confirms nothing more: what waited for it alone need not wait any longer.
      await publishDocuments(manager, order, { serviceIds: [], vips: [] });
    });
  }
}

/** The node first, then the commit order: that is how its reports take them too, and two orders would be a deadlock. */
async function lockNode(manager: EntityManager, id: string): Promise<CommitOrder> {
  if (planOf(manager) !== undefined) return readCommitOrder(manager);
  const [, order] = await Promise.all([
    manager.query('SELECT 1 FROM node WHERE id = $1 FOR UPDATE', [id]),
    takeNextRevision(manager),
  ]);
  return order;
}

/** With its lock held, so that nobody changes it between the look and the write. */
async function requireNode(
  manager: EntityManager,
  id: string,
  ifMatch: string | undefined,
): Promise<NodeRow> {
  const [node, revisions] = await Promise.all([
    manager.findOneBy(NodeRow, { id }),
    ifMatch === undefined ? null : revisionsOfNodes(manager, [id]),
  ]);
  if (node === null) throw nodeNotFound(id);
  requireMatch(ifMatch, revisions?.get(id) ?? 0);
  return node;
}

async function insertNode(
  manager: EntityManager,
  { id, name, role }: CreateNodeDto & { readonly id: string },
  addresses: readonly Address[],
  { hash, expiresAt }: JoinToken,
  createdAt: Date,
): Promise<void> {
  await manager.insert(NodeRow, {
    id,
    name,
    role,
    joinTokenHash: hash,
    joinTokenExpiresAt: expiresAt,
    createdAt,
  });
  await manager.insert(
    NodeAddressRow,
    addresses.map((address) => ({ address, nodeId: id })),
  );
}
