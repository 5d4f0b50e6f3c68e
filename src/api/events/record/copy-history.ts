/**
 * Makes events of revisions, in their order: one for each object that a revision changed. What it was stays in the
 * history, which the event points at. Nothing leaves the database for it.
 */
import type { EntityManager } from 'typeorm';
import type { EventLog } from './event-log.js';

/** Whole ones at a time; a bulk request is one, with 11,000 objects at most. */
const MOST_REVISIONS = 50;

const LAST = `
  SELECT max(number)::float8 AS revision FROM (
    SELECT number FROM revision WHERE number > $1 AND number <= $2 ORDER BY number LIMIT ${MOST_REVISIONS}) AS next`;

/** What a join does to a node is no edit: it is the joining. */
const TYPE = `
  h.object_type || '.' || CASE
    WHEN h.object_type = 'node' AND h.action = 'update' AND h.before -> 'joinedAt' IS DISTINCT FROM h.after -> 'joinedAt'
    THEN 'joined' ELSE h.action || 'd' END`;

const SERVICE = `
  CASE h.object_type WHEN 'virtual-service' THEN h.object_id
    WHEN 'real-server' THEN (h.object ->> 'virtualServiceId')::uuid END`;

/** Of a real server those of its service as it is now, or was when it was deleted. */
const TAGS = `
  CASE h.object_type WHEN 'virtual-service' THEN h.object -> 'tags'
    WHEN 'real-server' THEN coalesce(
      (SELECT v.tags FROM virtual_service v WHERE v.id = (h.object ->> 'virtualServiceId')::uuid),
      (SELECT d.before -> 'tags' FROM audit_entry d WHERE d.object_id = (h.object ->> 'virtualServiceId')::uuid
        AND d.action = 'delete' ORDER BY d.revision DESC LIMIT 1)) END`;

const COPY = `
  WITH h AS (
    SELECT a.revision, a.position, a.action, a.object_type, a.object_id, a.before, a.after,
      coalesce(a.after, a.before) AS object, r.created_at
    FROM audit_entry a
    CROSS JOIN LATERAL (SELECT created_at FROM revision WHERE number = a.revision OFFSET 0) AS r
    WHERE a.revision > $1 AND a.revision <= $2),
  copied AS (
    INSERT INTO event (position, epoch, type, time, object_type, object_id, virtual_service_id, name, tags, revision, entry)
    SELECT $3::bigint + row_number() OVER (ORDER BY h.revision, h.position), $4::integer, ${TYPE}, h.created_at,
      h.object_type, h.object_id, ${SERVICE},
      coalesce(h.object ->> CASE h.object_type WHEN 'real-server' THEN 'address' ELSE 'name' END, ''),
      coalesce(${TAGS}, '{}'), h.revision, h.position
    FROM h RETURNING object_type)
  SELECT count(*)::integer AS count, count(*) FILTER (WHERE object_type = 'node')::integer AS nodes FROM copied`;

export interface Copied {
  /** Up to which there are events now. */
  readonly revision: number;
  readonly count: number;
  /** How many of them are about nodes. */
  readonly nodes: number;
}

export async function copyHistory(manager: EntityManager, log: EventLog): Promise<Copied> {
  const nothing = { revision: log.revision, count: 0, nodes: 0 };
  if (log.newestRevision <= log.revision) return nothing;
  const [last] = await manager.query<{ revision: number | null }[]>(LAST, [log.revision, log.newestRevision]);
  // Revisions that broke a rule were given back: what is missing is not to come.
  const revision = last?.revision ?? log.newestRevision;
  const [copied] = await manager.query<{ count: number; nodes: number }[]>(COPY, [
    log.revision,
    revision,
    log.position,
    log.epoch,
  ]);
  return { ...nothing, ...copied, revision };
}
