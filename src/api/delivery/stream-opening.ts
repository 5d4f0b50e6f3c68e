/**
 * Notes that a node is about to get documents, before it gets the first. From then on a director counts: no VIP leaves
 * a host until that director has confirmed that it sends nothing there any more.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { NodeIdentity } from '../http/request-context.js';
import { unauthenticated } from '../http/unauthenticated.js';
import { holdCommits, readCommitOrder } from '../store/commit-order.js';
import { Transactions } from '../store/transactions.js';
import type { PositionQuery } from './position.query.js';

/** It may have been forgotten, or joined again, since its credential was looked up. */
const STILL_KNOWN = "SELECT 1 FROM node WHERE id = $1 AND credential_hash = decode($2, 'hex') FOR SHARE";

@Injectable()
export class StreamOpening {
  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  /** @returns the version to go on from; null where the node's position is of no use here. */
  note(node: NodeIdentity, query: PositionQuery): Promise<number | null> {
    return this.transactions.run(async (manager) => {
      // The node first, as everybody does who then takes the commit order.
      const known: unknown[] = await manager.query(STILL_KNOWN, [node.id, node.credentialHash]);
      if (known.length === 0) throw unauthenticated();
      await manager.query(
        `INSERT INTO node_status (node_id, last_seen_at) VALUES ($1, now())
         ON CONFLICT (node_id) DO UPDATE SET last_seen_at = excluded.last_seen_at`,
        [node.id],
      );
      // In order with the commits: one that forgets a mention either saw this director, or is seen by its snapshot.
      const order = await (node.role === 'director' ? holdCommits(manager) : readCommitOrder(manager));
      const same = query.cluster === order.cluster && query.epoch === order.epoch;
      return same ? (query.version ?? null) : null;
    });
  }
}
