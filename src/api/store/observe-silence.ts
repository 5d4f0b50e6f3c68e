/**
 * What the directors found out about real servers without an agent: one statement for any number of them, and none
 * where there are none.
 */
import type { EntityManager } from 'typeorm';
import type { DirectorFinding, SilenceObservation } from '../../domain/status.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { isConnected } from '../nodes/is-connected.js';

interface Row {
  readonly number: number;
  readonly named: boolean;
  readonly director: string | null;
  readonly lastSeenAt: Date | null;
  readonly asked: number | null;
  readonly onSegment: boolean | null;
  readonly silent: boolean | null;
  readonly message: string | null;
  readonly changedAt: Date | null;
}

/**
 * A server is in by the document as it is stored. A drain names it there too, with weight 0, as an operator may: that
 * lets in nobody who is proved no more, also when the drain ends in this transaction, which then leaves its row.
 */
const SQL = `
  SELECT r.number, n.name AS director, s.last_seen_at AS "lastSeenAt", f.asked::float8 AS asked,
    f.on_segment AS "onSegment", f.silent, f.message, f.changed_at AS "changedAt",
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
): Promise<ReadonlyMap<number, SilenceObservation>> {
  const numbers = services.flatMap(({ realServers }) =>
    realServers.filter(({ managed }) => !managed).map(({ number }) => number),
  );
  if (numbers.length === 0) return new Map();
  const rows: Row[] = await manager.query(SQL, [numbers]);
  return new Map(
    numbers.map((number) => [number, observationOf(rows.filter((row) => row.number === number))]),
  );
}

function observationOf(rows: readonly Row[]): SilenceObservation {
  const times = rows.flatMap(({ changedAt }) => (changedAt === null ? [] : [changedAt]));
  return {
    named: rows[0]?.named ?? false,
    findings: rows.flatMap(findingOf),
    changedAt: times.length === 0 ? null : new Date(Math.max(...times.map(Number))),
  };
}

function findingOf({ director, lastSeenAt, asked, onSegment, silent, message }: Row): DirectorFinding[] {
  if (director === null) return [];
  const connected = isConnected(lastSeenAt);
  return [{ director, connected, asked, onSegment: onSegment ?? true, silent, message: message ?? '' }];
}
