/** Makes the stored faults of a node those of its report, which always lists all. An unchanged one keeps its time. */
import type { EntityManager } from 'typeorm';
import type { Fault } from '../../../contract/report.js';

export async function saveFaults(
  manager: EntityManager,
  nodeId: string,
  faults: readonly Fault[],
): Promise<void> {
  const keys = faults.map(({ key }) => key);
  await manager.query('DELETE FROM fault WHERE node_id = $1 AND NOT key = ANY ($2)', [nodeId, keys]);
  if (faults.length === 0) return;
  await manager.query(
    `INSERT INTO fault (node_id, key, version_in_force, reason, message, changed_at)
     SELECT $1, w.*, now() FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) AS w
     ON CONFLICT (node_id, key) DO UPDATE SET version_in_force = excluded.version_in_force,
       reason = excluded.reason, message = excluded.message, changed_at = excluded.changed_at
     WHERE (fault.version_in_force, fault.reason, fault.message)
       IS DISTINCT FROM (excluded.version_in_force, excluded.reason, excluded.message)`,
    [
      nodeId,
      keys,
      faults.map(({ versionInForce }) => versionInForce),
      faults.map(({ reason }) => reason),
      faults.map(({ message }) => message),
    ],
  );
}
