/** Which services the reports of agents may move. */
import type { EntityManager } from 'typeorm';
import type { TakenReport } from './judge-reports.js';

export interface VipOfNode {
  readonly nodeId: string;
  readonly vip: string;
}

/**
 * VIPs whose document a node has newly confirmed. What it proved of them counts from now on, even where the facts
 * themselves are the same as before.
 */
export async function vipsConfirmedSince(
  manager: EntityManager,
  reports: readonly TakenReport[],
): Promise<VipOfNode[]> {
  const moves = reports.flatMap(({ nodeId, versionBefore, report: { position } }) => {
    const before = versionBefore ?? -1;
    return position === null || position.version <= before ? [] : [{ nodeId, before, now: position.version }];
  });
  if (moves.length === 0) return [];
  return manager.query(
    `SELECT d.scope AS "nodeId", d.key AS vip FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w (scope, before, now)
     JOIN document d ON d.scope = w.scope AND d.version > w.before
       AND d.present_since > w.before AND d.present_since <= w.now`,
    [moves.map(({ nodeId }) => nodeId), moves.map(({ before }) => before), moves.map(({ now }) => now)],
  );
}

/** Services that have a server on the host of one of these nodes and the VIP named with it. */
export async function servicesTouchedByVips(
  manager: EntityManager,
  moved: readonly VipOfNode[],
): Promise<string[]> {
  if (moved.length === 0) return [];
  const rows: { id: string }[] = await manager.query(
    `SELECT DISTINCT s.id FROM unnest($1::uuid[], $2::inet[]) AS w (node_id, vip)
     JOIN node_address a ON a.node_id = w.node_id
     JOIN real_server r ON r.address = a.address
     JOIN virtual_service s ON s.id = r.virtual_service_id AND s.address = w.vip`,
    [moved.map(({ nodeId }) => nodeId), moved.map(({ vip }) => vip)],
  );
  return rows.map(({ id }) => id);
}
