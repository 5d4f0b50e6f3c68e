/**
 * Stores what directors found out by asking servers on the VIP. A report that is complete lists all, so that what it does
 * not list is forgotten; any other one lists what changed, and costs no more than that. A director acts on its findings
 * by itself: they move no document.
 */
import type { EntityManager } from 'typeorm';
import type { DirectorReport, HealthFact } from '../../../contract/report.js';
import type { TakenReport } from './judge-reports.js';

/** NOT IN, which is looked up in a hash: as a join, thousands of facts would be gone through for each of thousands. */
const FORGET_UNLISTED = `
  DELETE FROM health_fact f
  WHERE f.node_id = ANY ($1::uuid[])
    AND (f.node_id, f.server_number) NOT IN (SELECT * FROM unnest($2::uuid[], $3::integer[]))
  RETURNING f.server_number AS number`;

/** Each server is looked up by itself, and one that is not there any more is left out: its number is never used again. */
const KEEP = `
  INSERT INTO health_fact AS f (server_number, node_id, healthy, reason, message, since)
  SELECT w.server_number, w.node_id, w.healthy, w.reason, w.message, w.since
  FROM unnest($1::uuid[], $2::integer[], $3::boolean[], $4::text[], $5::text[], $6::timestamptz[])
    AS w (node_id, server_number, healthy, reason, message, since)
  CROSS JOIN LATERAL (SELECT 1 FROM real_server r WHERE r.number = w.server_number LIMIT 1) AS x
  ON CONFLICT (server_number, node_id) DO UPDATE SET healthy = excluded.healthy, reason = excluded.reason,
    message = excluded.message, since = excluded.since
  WHERE (f.healthy, f.reason, f.message, f.since)
    IS DISTINCT FROM (excluded.healthy, excluded.reason, excluded.message, excluded.since)
  RETURNING f.server_number AS number`;

interface Numbered {
  readonly number: number;
}

/** @returns the numbers of the servers of which something came, went or changed. */
export async function saveHealthFacts(
  manager: EntityManager,
  reports: readonly TakenReport<DirectorReport>[],
): Promise<number[]> {
  const whole = reports.filter(({ report }) => report.complete).map(({ nodeId }) => nodeId);
  const facts = reports.flatMap(({ nodeId, report }) => report.health.map((fact) => ({ nodeId, ...fact })));
  const nodeIds = facts.map(({ nodeId }) => nodeId);
  const numbers = facts.map(({ number }) => number);
  const [[gone], kept] = await Promise.all([
    whole.length === 0
      ? ([[]] as [Numbered[]])
      : manager.query<[Numbered[], number]>(FORGET_UNLISTED, [whole, nodeIds, numbers]),
    facts.length === 0
      ? []
      : manager.query<Numbered[]>(KEEP, [
          nodeIds,
          numbers,
          facts.map(({ healthy }) => healthy),
          facts.map(({ reason }) => reason),
          facts.map(({ message }) => message),
          facts.map(sinceOf),
        ]),
  ]);
  return [...gone, ...kept].map(({ number }) => number);
}

/** A clock that is set wrong shows no time that is still to come, and none that PostgreSQL does not know. */
function sinceOf({ since }: HealthFact): string {
  const time = Math.min(Math.max(Date.parse(since), 0), Date.now());
  return new Date(time).toISOString();
}
