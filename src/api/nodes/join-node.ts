/**
 * Lets a node in that shows a join token: once, in time, in the role and on a host that says it has the addresses that
 * the token was made for. That is the host's own word: it keeps a token from being used on the wrong host by mistake,
 * and is no protection against who has stolen one.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CONTRACT_FORMAT } from '../../contract/documents.js';
import type { JoinAnswer, JoinRequest } from '../../contract/join.js';
import { Failed, failure } from '../../domain/failure.js';
import { NODES_CHANNEL, notify } from '../store/channels.js';
import { recordRevision } from '../changes/record-revision.js';
import { takeNextRevision } from '../store/commit-order.js';
import { NodeStatusRow } from '../store/rows/node-status.row.js';
import { NodeRow } from '../store/rows/node.row.js';
import { Transactions } from '../store/transactions.js';
import { addressesOf } from './addresses-of.js';
import { nodeUpdate } from './audit-node.js';
import { makeCredential, secretHash } from './join-token.js';

@Injectable()
export class JoinNode {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Transactions) private readonly transactions: Transactions,
  ) {}

  async join(request: JoinRequest): Promise<JoinAnswer> {
    // Before it queues with the writers: whoever has no token holds nobody up.
    await requireFitting(this.dataSource.manager, request);
    return this.transactions.run(async (manager) => {
      // The node first, as its reports do.
      const [, order] = await Promise.all([
        manager.query('SELECT 1 FROM node WHERE join_token_hash = $1 FOR UPDATE', [
          secretHash(request.joinToken),
        ]),
        takeNextRevision(manager),
      ]);
      const { node, addresses } = await requireFitting(manager, request);
      const joinedAt = new Date();
      const { credential, hash } = makeCredential();
      await manager.update(
        NodeRow,
        { id: node.id },
        { credentialHash: hash, joinTokenHash: null, joinTokenExpiresAt: null, joinedAt },
      );
      await notify(manager, NODES_CHANNEL);
      // It starts over, maybe on another host with another clock.
      await manager.update(NodeStatusRow, { nodeId: node.id }, { sequence: 0 });
      const change = nodeUpdate(node, addresses, { joinedAt: node.joinedAt }, { joinedAt });
      await recordRevision(manager, order, joinedAt, [change], `node:${node.name}`);
      const { cluster } = order;
      return { format: CONTRACT_FORMAT, cluster, nodeId: node.id, role: node.role, addresses, credential };
    });
  }
}

interface Fitting {
  readonly node: NodeRow;
  readonly addresses: string[];
}

async function requireFitting(manager: EntityManager, request: JoinRequest): Promise<Fitting> {
  const node = await manager.findOneBy(NodeRow, { joinTokenHash: secretHash(request.joinToken) });
  if (node === null || node.joinTokenExpiresAt === null || node.joinTokenExpiresAt <= new Date())
    throw refused();
  const addresses = await addressesOf(manager, node.id);
  requireSameHost(node, addresses, request);
  return { node, addresses };
}

/** A token that was made for another role or host is as good as none, and stays unused. */
function requireSameHost(node: NodeRow, addresses: readonly string[], request: JoinRequest): void {
  if (request.role !== node.role) {
    throw mismatch(
      `This join token is for a ${node.role}.`,
      `Start this host as \`homeward ${roleCommand(node)}\`.`,
    );
  }
  const missing = addresses.filter((address) => !request.addresses.includes(address));
  if (missing.length === 0) return;
  throw mismatch(
    `This host does not have ${missing.join(', ')}, which the join token was made for.`,
    'Use the token on the host that has these addresses, or make one for this host.',
  );
}

function roleCommand({ role }: NodeRow): string {
  return role === 'director' ? 'engine' : 'agent';
}

function refused(): Failed {
  return new Failed(
    failure(
      'unauthorized',
      'join-token-refused',
      'The join token is unknown, expired, or was used before.',
      'Make a new one: POST /v1/nodes/{id}/join-token.',
    ),
  );
}

function mismatch(message: string, hint: string): Failed {
  return new Failed(failure('forbidden', 'join-token-for-another-host', message, hint));
}
