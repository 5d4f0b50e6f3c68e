/**
 * Reads of services, in one statement, what tells two states of them apart: a stamp of everything that their answers are
 * made of. As long as it is the same, so is the answer. A row stands there with its xmin, the transaction that wrote it
 * as it is, which another server could give to another; and what nodes report every few seconds, with what answers show
 * of it alone.
 * Whatever comes to be part of a status has to be part of this; test/api/answers-that-are-remembered.spec.ts changes each
 * column that there is.
 */
import type { EntityManager } from 'typeorm';
import { LONG_AWAY_MINUTES } from '../../domain/silence-on-segment.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { AWAY_AFTER_MS } from '../nodes/is-connected.js';

/** $2, $3: since when a node that was not heard is away, and is away for long. Since when it is, matters only then. */
const PRESENCE = `CASE WHEN t.last_seen_at > $2 THEN 'here' ELSE ROW(t.last_seen_at, t.last_seen_at < $3)::text END`;

/** Of all directors, what they say of themselves; whether they have a document in force is asked of each document. */
const DIRECTOR = `
  SELECT n.id, ROW(n.xmin, t.told, ${PRESENCE})::text AS said, CASE WHEN t.epoch = c.epoch THEN t.version END AS version
  FROM node n CROSS JOIN cluster c LEFT JOIN node_status t ON t.node_id = n.id WHERE n.role = 'director'`;

/** A drain that is over counts for nothing in some places, and in others until its row is gone. */
const DRAINS = `
  SELECT ROW(b.server_number, b.xmin, b.until > now())::text FROM drain b WHERE b.virtual_service_id = s.id
  ORDER BY b.server_number`;

const NAMED_FOR = `
  SELECT m.virtual_service_id::text FROM mention m
  WHERE m.vip = s.address AND m.host = r.address AND m.dropped_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM drain b WHERE b.virtual_service_id = m.virtual_service_id AND b.address = m.host)
  ORDER BY 1`;

const HEALTH =
  'SELECT ROW(h.node_id, h.xmin)::text FROM health_fact h WHERE h.server_number = r.number ORDER BY 1';

const SILENCE = `
  SELECT ROW(i.id, q.xmin)::text FROM director i JOIN silence_fact q ON q.node_id = i.id AND q.server_number = r.number
  ORDER BY 1`;

/** Of all services at once: what is looked up for each of its servers, PostgreSQL would begin anew for each service. */
const SERVERS = `
  SELECT s.id, array_agg(ROW(r.xmin, n.xmin, t.told, ${PRESENCE}, t.epoch = c.epoch AND t.version >= d.version,
    t.epoch = c.epoch AND t.version >= d.present_since, d.xmin, f.xmin, x.xmin, ARRAY(${NAMED_FOR}), ARRAY(${HEALTH}),
    CASE WHEN NOT r.managed THEN ARRAY(${SILENCE}) END)::text ORDER BY r.number) AS stamps
  FROM unnest($1::uuid[]) AS w (id) CROSS JOIN cluster c
  JOIN virtual_service s ON s.id = w.id JOIN real_server r ON r.virtual_service_id = s.id
  LEFT JOIN node_address a ON a.address = r.address
  LEFT JOIN node n ON n.id = a.node_id AND n.role = 'agent'
  LEFT JOIN node_status t ON t.node_id = n.id
  LEFT JOIN document d ON d.scope = n.id::text AND d.key = host(s.address) AND d.body IS NOT NULL
  LEFT JOIN vip_fact f ON f.node_id = n.id AND f.vip = s.address
  LEFT JOIN fault x ON x.node_id = n.id AND x.key = host(s.address)
  GROUP BY s.id`;

const SQL = `
  WITH director AS MATERIALIZED (${DIRECTOR}), servers AS MATERIALIZED (${SERVERS})
  SELECT s.id, ROW(pg_postmaster_start_time(), s.xmin, c.epoch, e.xmin,
    ARRAY(SELECT ROW(i.id, i.said, i.version >= e.version)::text FROM director i ORDER BY i.id),
    ARRAY(SELECT ROW(x.node_id, x.xmin)::text FROM fault x WHERE x.key = s.id::text ORDER BY 1),
    ARRAY(${DRAINS}), servers.stamps)::text AS stamp
  FROM unnest($1::uuid[]) AS w (id) JOIN virtual_service s ON s.id = w.id CROSS JOIN cluster c
  LEFT JOIN servers ON servers.id = s.id
  LEFT JOIN LATERAL (SELECT xmin, version FROM document
    WHERE scope = '${DIRECTORS_SCOPE}' AND key = s.id::text OFFSET 0) AS e ON true`;

interface Row {
  readonly id: string;
  readonly stamp: string;
}

/** By the ids of those that there are. */
export async function readStamps(
  manager: EntityManager,
  ids: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, string>> {
  const awaySince = new Date(now - AWAY_AFTER_MS);
  const longAwaySince = new Date(now - LONG_AWAY_MINUTES * 60_000);
  const rows: Row[] = await manager.query(SQL, [ids, awaySince, longAwaySince]);
  return new Map(rows.map(({ id, stamp }) => [id, stamp]));
}
