/** Appends revisions and what each did to every object: who asked, under which ticket, before and after; and wakes who tells of it. */
import type { EntityManager } from 'typeorm';
import { requestContext } from '../http/request-context.js';
import { REVISIONS_CHANNEL } from '../store/channels.js';
import type { CommitOrder } from '../store/commit-order.js';
import type { AuditEntryRow } from '../store/rows/audit-entry.row.js';

export type AuditEntry = Pick<AuditEntryRow, 'action' | 'objectType' | 'objectId' | 'before' | 'after'>;

/** Who asked for a change, and how it is found again. */
export interface Asker {
  readonly actor: string;
  readonly requestId: string;
  readonly ticket: string | null;
}

export interface MadeRevision {
  readonly number: number;
  readonly asker: Asker;
  readonly entries: readonly AuditEntry[];
}

/** @param name of who asks, where that is not the holder of a token. */
export function currentAsker(name?: string): Asker {
  const { actor, requestId, ticket } = requestContext();
  return { actor: name ?? actor?.name ?? 'homeward', requestId, ticket };
}

export function recordRevision(
  manager: EntityManager,
  { revision, epoch }: CommitOrder,
  at: Date,
  entries: readonly AuditEntry[],
  /** Who asked, where that is not the holder of a token. */
  asker?: string,
): Promise<void> {
  return recordRevisions(manager, epoch, at, [{ number: revision, asker: currentAsker(asker), entries }]);
}

export async function recordRevisions(
  manager: EntityManager,
  epoch: number,
  at: Date,
  made: readonly MadeRevision[],
): Promise<void> {
  const revisions = made.map(({ number, asker: { actor, requestId, ticket } }) => ({
    number,
    actor,
    request_id: requestId,
    ticket,
  }));
  await manager.query(SQL, [JSON.stringify(revisions), epoch, at, JSON.stringify(made.flatMap(entryRows))]);
}

function entryRows({ number, entries }: MadeRevision): object[] {
  return entries.map(({ action, objectType, objectId, before, after }, position) => ({
    revision: number,
    position,
    action,
    object_type: objectType,
    object_id: objectId,
    before,
    after,
  }));
}

const SQL = `
  WITH made AS (
    INSERT INTO revision (number, epoch, actor, request_id, ticket, created_at)
    SELECT w.number, $2, w.actor, w.request_id, w.ticket, $3
    FROM jsonb_to_recordset($1::jsonb) AS w (number bigint, actor text, request_id text, ticket text)
    RETURNING number),
  kept AS (
    INSERT INTO audit_entry (revision, position, action, object_type, object_id, before, after)
    SELECT w.revision, w.position, w.action, w.object_type, w.object_id, w.before, w.after
    FROM jsonb_to_recordset($4::jsonb) AS w (revision bigint, position integer, action text, object_type text,
      object_id uuid, before jsonb, after jsonb))
  SELECT pg_notify('${REVISIONS_CHANNEL}', max(number)::text) FROM made`;
