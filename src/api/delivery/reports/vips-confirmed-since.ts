import type { EntityManager } from 'typeorm';
import type { VipOfNode } from '../../store/load-virtual-services.js';
import type { TakenReport } from './judge-reports.js';

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
