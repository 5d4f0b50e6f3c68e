import type { EntityManager } from 'typeorm';
import type { ObjectType } from '../../store/rows/audit-entry.row.js';
import type { EventType } from '../event-type.js';

/** An event that nodes brought about, before it has its place. */
export interface Draft {
  readonly type: EventType;
  readonly objectType: ObjectType;
  readonly objectId: string;
  readonly virtualServiceId: string | null;
  readonly name: string;
  readonly tags: object;
  readonly condition: string | null;
  readonly before: object | null;
  readonly after: object | null;
}

const SQL = `
  INSERT INTO event (position, epoch, type, time, object_type, object_id, virtual_service_id, name, tags, condition, before, after)
  SELECT $1::bigint + w.place, $2::integer, w.type, now(), w."objectType", w."objectId", w."virtualServiceId", w.name, w.tags,
    w.condition, nullif(w.before, 'null'), nullif(w.after, 'null')
  FROM jsonb_to_recordset($3::jsonb) AS w (place integer, type text, "objectType" text, "objectId" uuid,
    "virtualServiceId" uuid, name text, tags jsonb, condition text, before jsonb, after jsonb)`;

/** Stores them in this order after a position; only for who holds the event log. */
export async function storeEvents(
  manager: EntityManager,
  { position, epoch }: { readonly position: number; readonly epoch: number },
  drafts: readonly Draft[],
): Promise<void> {
  if (drafts.length === 0) return;
  const placed = drafts.map((draft, index) => ({ place: index + 1, ...draft }));
  await manager.query(SQL, [position, epoch, JSON.stringify(placed)]);
}
