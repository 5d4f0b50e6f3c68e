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
  // OFFSET 0 keeps the look into each scope by itself, and between two bounds PostgreSQL expects few: else it reads all
  // documents that there are.
  return manager.query(
    `SELECT w.scope AS "nodeId", d.key AS vip
     FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w (scope, before, now)
     CROSS JOIN LATERAL (SELECT key, present_since FROM document
       WHERE scope = w.scope AND version > w.before AND version < ${Number.MAX_SAFE_INTEGER} OFFSET 0) AS d
     WHERE d.present_since > w.before AND d.present_since <= w.now`,
    [moves.map(({ nodeId }) => nodeId), moves.map(({ before }) => before), moves.map(({ now }) => now)],
  );
}
