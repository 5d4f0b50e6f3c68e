/** Appends a revision and what it did to each object: who asked, under which ticket, before and after; and wakes who tells of it. */
import type { EntityManager } from 'typeorm';
import { requestContext } from '../http/request-context.js';
import { REVISIONS_CHANNEL } from '../store/channels.js';
import type { CommitOrder } from '../store/commit-order.js';
import type { AuditEntryRow } from '../store/rows/audit-entry.row.js';

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
  const rows = entries.map(({ action, objectType, objectId, before, after }, position) => ({
    position,
    action,
    object_type: objectType,
    object_id: objectId,
    before,
    after,
  }));
  await manager.query(SQL, [
    order.revision,
    order.epoch,
    asker ?? actor?.name ?? 'homeward',
    requestId,
    ticket,
    at,
    JSON.stringify(rows),
  ]);
}

const SQL = `
  WITH made AS (
    INSERT INTO revision (number, epoch, actor, request_id, ticket, created_at)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING number),
  kept AS (
    INSERT INTO audit_entry (revision, position, action, object_type, object_id, before, after)
    SELECT made.number, w.position, w.action, w.object_type, w.object_id, w.before, w.after
    FROM made, jsonb_to_recordset($7::jsonb)
      AS w (position integer, action text, object_type text, object_id uuid, before jsonb, after jsonb))
  SELECT pg_notify('${REVISIONS_CHANNEL}', number::text) FROM made`;
