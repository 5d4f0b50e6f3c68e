/**
 * Stores what directors found out about real servers without an agent. A director lists all that it is asked about, so
 * what it does not list is forgotten.
 */
import type { EntityManager } from 'typeorm';
import type { DirectorReport } from '../../../contract/report.js';
import type { TakenReport } from './judge-reports.js';

const SAID = 'asked, on_segment, silent, reason, message, strangers';

const SQL = `
  WITH said AS (
    SELECT node_id, server_number, asked, on_segment, silent, reason, message, string_to_array(heard, ' ') AS strangers
    FROM unnest($2::uuid[], $3::integer[], $4::bigint[], $5::boolean[], $6::boolean[], $7::text[], $8::text[], $9::text[])
      AS w (node_id, server_number, asked, on_segment, silent, reason, message, heard)),
  gone AS (
    DELETE FROM silence_fact f WHERE f.node_id = ANY ($1::uuid[]) AND NOT EXISTS (
      SELECT 1 FROM said w WHERE w.node_id = f.node_id AND w.server_number = f.server_number)
    RETURNING f.server_number),
  kept AS (
    INSERT INTO silence_fact AS f (node_id, server_number, ${SAID}, changed_at)
    SELECT node_id, server_number, ${SAID}, now() FROM said
    ON CONFLICT (node_id, server_number) DO UPDATE SET asked = excluded.asked, on_segment = excluded.on_segment,
      silent = excluded.silent, reason = excluded.reason, message = excluded.message, strangers = excluded.strangers,
      changed_at = excluded.changed_at
    WHERE (f.asked, f.on_segment, f.silent, f.reason, f.message, f.strangers) IS DISTINCT FROM (
      excluded.asked, excluded.on_segment, excluded.silent, excluded.reason, excluded.message, excluded.strangers)
    RETURNING server_number)
  SELECT DISTINCT r.virtual_service_id AS id
  FROM (SELECT server_number FROM gone UNION SELECT server_number FROM kept) AS moved
  JOIN real_server r ON r.number = moved.server_number`;

/** @returns the services that a finding changed for. */
export async function saveSilenceFacts(
  manager: EntityManager,
  reports: readonly TakenReport<DirectorReport>[],
): Promise<string[]> {
  if (reports.length === 0) return [];
  const facts = reports.flatMap(({ nodeId, report }) => report.silence.map((fact) => ({ nodeId, ...fact })));
  const rows: { id: string }[] = await manager.query(SQL, [
    reports.map(({ nodeId }) => nodeId),
    facts.map(({ nodeId }) => nodeId),
    facts.map(({ number }) => number),
    facts.map(({ asked }) => asked),
    facts.map(({ onSegment }) => onSegment),
    facts.map(({ silent }) => silent),
    facts.map(({ reason }) => reason),
    facts.map(({ message }) => message),
    facts.map(({ strangers = [] }) => strangers.join(' ')),
  ]);
  return rows.map(({ id }) => id);
}
