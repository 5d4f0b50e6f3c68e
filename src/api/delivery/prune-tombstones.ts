/**
 * Forgets the documents of objects that are gone, once every node of their scope has confirmed that. A node that comes
 * back from before gets a snapshot. A service that still exists keeps its row, for that knows what was confirmed of it.
 */
import type { DataSource } from 'typeorm';
import { holdCommits } from '../store/commit-order.js';
import type { Transactions } from '../store/transactions.js';
import { DIRECTORS_SCOPE } from './publish/write-documents.js';

/** A table `prunable` of the tombstones that may go. */
const PRUNABLE = `
  WITH confirmed AS (
    SELECT s.scope, (
      SELECT min(coalesce(CASE WHEN t.epoch = c.epoch THEN t.version END, 0))
      FROM node n JOIN node_status t ON t.node_id = n.id
      WHERE CASE s.scope WHEN '${DIRECTORS_SCOPE}' THEN n.role = 'director' ELSE n.id::text = s.scope END
    ) AS version
    FROM document_scope s CROSS JOIN cluster c
    WHERE EXISTS (SELECT 1 FROM document d WHERE d.scope = s.scope AND d.body IS NULL)),
  prunable AS (
    SELECT d.scope, d.key FROM document d JOIN confirmed f ON f.scope = d.scope
    WHERE d.body IS NULL AND (f.version IS NULL OR d.version <= f.version)
      AND NOT EXISTS (SELECT 1 FROM virtual_service v WHERE v.id::text = d.key)
      AND NOT EXISTS (
        SELECT 1 FROM fault x JOIN node n ON n.id = x.node_id
        WHERE x.key = d.key AND d.scope IN (n.id::text, CASE n.role WHEN 'director' THEN '${DIRECTORS_SCOPE}' END)))`;

const PRUNE = `${PRUNABLE},
  gone AS (
    DELETE FROM document d USING prunable p WHERE d.scope = p.scope AND d.key = p.key
    RETURNING d.scope, d.version)
  UPDATE document_scope s SET pruned_version = greatest(s.pruned_version, g.version)
  FROM (SELECT scope, max(version) AS version FROM gone GROUP BY scope) g WHERE g.scope = s.scope`;

export async function pruneTombstones(dataSource: DataSource, transactions: Transactions): Promise<void> {
  // The tombstones of disabled services stay: that some are left is no reason to hold up commits.
  const some: unknown[] = await dataSource.query(`${PRUNABLE} SELECT 1 FROM prunable LIMIT 1`);
  if (some.length === 0) return;
  await transactions.run(async (manager) => {
    await holdCommits(manager);
    await manager.query(PRUNE);
  });
}
