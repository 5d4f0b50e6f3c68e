/** Appends a revision and what it did to each object: who asked, under which ticket, before and after. */
import type { EntityManager } from 'typeorm';
import { requestContext } from '../http/request-context.js';
import type { CommitOrder } from '../store/commit-order.js';
import { AuditEntryRow } from '../store/rows/audit-entry.row.js';
import { RevisionRow } from '../store/rows/revision.row.js';

export type AuditEntry = Pick<AuditEntryRow, 'action' | 'objectType' | 'objectId' | 'before' | 'after'>;

export async function recordRevision(
  manager: EntityManager,
  order: CommitOrder,
  at: Date,
  entries: readonly AuditEntry[],
  /** Who asked, where that is not the holder of a token. */
  asker?: string,
): Promise<void> {
  const { actor, requestId, ticket } = requestContext();
  await manager.insert(RevisionRow, {
    number: order.revision,
    epoch: order.epoch,
    actor: asker ?? actor?.name ?? 'homeward',
    requestId,
    ticket,
    createdAt: at,
  });
  await manager.insert(
    AuditEntryRow,
    entries.map((entry, position) => ({ ...entry, revision: order.revision, position })),
  );
}
