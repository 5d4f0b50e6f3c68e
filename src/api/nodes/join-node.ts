/** Lets a node in that shows a join token: once, in time, in the role and on a host with the addresses it was made for. */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONTRACT_FORMAT } from '../../contract/documents.js';
import type { JoinAnswer, JoinRequest } from '../../contract/join.js';
import { Failed, failure } from '../../domain/failure.js';
import { NODES_CHANNEL, notify } from '../store/channels.js';
import { readCommitOrder } from '../store/commit-order.js';
import { NodeAddressRow } from '../store/rows/node-address.row.js';
import { NodeRow } from '../store/rows/node.row.js';
import { Transactions } from '../store/transactions.js';
import { makeCredential, secretHash } from './join-token.js';

@Injectable()
export class JoinNode {
  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  join(request: JoinRequest): Promise<JoinAnswer> {
    return this.transactions.run(async (manager) => {
      const node = await lockByToken(manager, request.joinToken);
      const addresses = await addressesOf(manager, node);
      requireFitting(node, addresses, request);
      const { credential, hash } = makeCredential();
      const used = {
        credentialHash: hash,
        joinTokenHash: null,
        joinTokenExpiresAt: null,
        joinedAt: new Date(),
      };
      await manager.update(NodeRow, { id: node.id }, used);
      await notify(manager, NODES_CHANNEL);
      const { cluster } = await readCommitOrder(manager);
      return { format: CONTRACT_FORMAT, cluster, nodeId: node.id, role: node.role, addresses, credential };
    });
  }
}

async function lockByToken(manager: EntityManager, token: string): Promise<NodeRow> {
  const node = await manager.findOne(NodeRow, {
    where: { joinTokenHash: secretHash(token) },
    lock: { mode: 'pessimistic_write' },
  });
  if (node === null || node.joinTokenExpiresAt === null || node.joinTokenExpiresAt <= new Date())
    throw refused();
  return node;
}

async function addressesOf(manager: EntityManager, { id }: NodeRow): Promise<string[]> {
  const rows = await manager.findBy(NodeAddressRow, { nodeId: id });
  return rows.map(({ address }) => address);
}

/** A token that was made for another role or host is as good as none, and stays unused. */
function requireFitting(node: NodeRow, addresses: readonly string[], request: JoinRequest): void {
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
