/** Makes the stored faults of nodes those of their reports, which always list all. An unchanged one keeps its time. */
import type { EntityManager } from 'typeorm';
import type { TakenReport } from './judge-reports.js';

const FORGET = `
  DELETE FROM fault f WHERE f.node_id = ANY ($1::uuid[]) AND NOT EXISTS (
    SELECT 1 FROM unnest($2::uuid[], $3::text[]) AS w (node_id, key) WHERE w.node_id = f.node_id AND w.key = f.key)
  RETURNING f.key`;

const KEEP = `
  INSERT INTO fault (node_id, key, version_in_force, reason, message, changed_at)
  SELECT w.*, now() FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[]) AS w
  ON CONFLICT (node_id, key) DO UPDATE SET version_in_force = excluded.version_in_force,
    reason = excluded.reason, message = excluded.message, changed_at = excluded.changed_at
  WHERE (fault.version_in_force, fault.reason, fault.message)
    IS DISTINCT FROM (excluded.version_in_force, excluded.reason, excluded.message)
  RETURNING key`;

interface Keyed {
  readonly key: string;
}

/** @returns the keys of those that came, went or changed. */
export async function saveFaults(manager: EntityManager, reports: readonly TakenReport[]): Promise<string[]> {
  const nodeIds = reports.map(({ nodeId }) => nodeId);
  const faults = reports.flatMap(({ nodeId, report }) =>
    report.faults.map((fault) => ({ nodeId, ...fault })),
  );
  const ids = faults.map(({ nodeId }) => nodeId);
  const keys = faults.map(({ key }) => key);
  const [[forgotten], kept] = await Promise.all([
    manager.query<[Keyed[], number]>(FORGET, [nodeIds, ids, keys]),
    faults.length > 0
      ? manager.query<Keyed[]>(KEEP, [
          ids,
          keys,
          faults.map(({ versionInForce }) => versionInForce),
          faults.map(({ reason }) => reason),
          faults.map(({ message }) => message),
        ])
      : [],
  ]);
  return [...forgotten, ...kept].map(({ key }) => key);
}
