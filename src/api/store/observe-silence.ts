/**
 * What the directors found out about real servers without an agent: one statement for any number of them, and none
 * where there are none.
 */
import type { EntityManager } from 'typeorm';
import { LONG_AWAY_MINUTES } from '../../domain/silence-on-segment.js';
import type { DirectorFinding, SilenceObservation } from '../../domain/status.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { isConnected } from '../nodes/is-connected.js';

interface Row {
  readonly number: number;
  readonly named: boolean;
  readonly nodeId: string | null;
  readonly director: string | null;
  readonly lastSeenAt: Date | null;
  readonly asked: number | null;
  readonly onSegment: boolean | null;
  readonly silent: boolean | null;
  readonly message: string | null;
  /** Without those that a director has reported as its own. */
  readonly strangers: readonly string[] | null;
  readonly changedAt: Date | null;
}

/**
 * A server is in by the document as it is stored. A drain names it there too, with weight 0, as an operator may: that
 * lets in nobody who is proved no more, also when the drain ends in this transaction, which then leaves its row.
 */
const SQL = `
  WITH director_mac AS (
    SELECT i->>'mac' AS mac FROM node n JOIN node_status s ON s.node_id = n.id AND s.host IS NOT NULL,
      jsonb_array_elements(s.host->'interfaces') AS i WHERE n.role = 'director')
  SELECT r.number, n.id AS "nodeId", n.name AS director, s.last_seen_at AS "lastSeenAt", f.asked::float8 AS asked,
    f.on_segment AS "onSegment", f.silent, f.message, f.changed_at AS "changedAt",
    ARRAY(SELECT e FROM unnest(f.strangers) AS e WHERE e NOT IN (SELECT mac FROM director_mac)) AS strangers,
    EXISTS (SELECT 1 FROM document d, jsonb_to_recordset(d.body->'servers') AS e (number integer, weight integer)
            WHERE d.scope = '${DIRECTORS_SCOPE}' AND d.key = v.id::text AND e.number = r.number
              AND (e.weight > 0 OR NOT EXISTS (SELECT 1 FROM drain WHERE server_number = r.number))) AS named
  FROM real_server r JOIN virtual_service v ON v.id = r.virtual_service_id
  LEFT JOIN node n ON n.role = 'director' AND n.joined_at IS NOT NULL
  LEFT JOIN node_status s ON s.node_id = n.id
  LEFT JOIN silence_fact f ON f.node_id = n.id AND f.server_number = r.number
  WHERE r.number = ANY ($1) ORDER BY r.number, n.name`;

/** By the servers' numbers. */
export async function observeSilence(
  manager: EntityManager,
  services: readonly VirtualService[],
  now = Date.now(),
): Promise<ReadonlyMap<number, SilenceObservation>> {
  const numbers = services.flatMap(({ realServers }) =>
    realServers.filter(({ managed }) => !managed).map(({ number }) => number),
  );
  if (numbers.length === 0) return new Map();
  const byNumber = new Map<number, Row[]>(numbers.map((number) => [number, []]));
  for (const row of await manager.query<Row[]>(SQL, [numbers])) byNumber.get(row.number)?.push(row);
  return new Map([...byNumber].map(([number, rows]) => [number, observationOf(rows, now)]));
}

function observationOf(rows: readonly Row[], now: number): SilenceObservation {
  const times = rows.flatMap(({ changedAt }) => (changedAt === null ? [] : [changedAt]));
  return {
    named: rows[0]?.named ?? false,
    findings: rows.flatMap((row) => findingOf(row, now)),
    changedAt: times.length === 0 ? null : new Date(Math.max(...times.map(Number))),
  };
}

function findingOf(row: Row, now: number): DirectorFinding[] {
  const { nodeId, director, lastSeenAt, asked, onSegment, silent, message, strangers } = row;
  if (nodeId === null || director === null) return [];
  const found = {
    asked,
    onSegment: onSegment ?? true,
    silent,
    message: message ?? '',
    strangers: strangers ?? [],
  };
  return [{ nodeId, director, ...presenceOf(lastSeenAt, now), ...found }];
}

function presenceOf(lastSeenAt: Date | null, now: number): Pick<DirectorFinding, 'connected' | 'longAway'> {
  const longAway = lastSeenAt === null || now - lastSeenAt.getTime() > LONG_AWAY_MINUTES * 60_000;
  return { connected: isConnected(lastSeenAt, now), longAway };
}
