/**
 * Lets in real servers without an agent that wait for a director which has gone away meanwhile, or that such a one heard
 * before it went. Nobody tells that a director fell silent, so somebody has to look. Any process may do it; what is in already is left alone.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { LONG_AWAY_MINUTES } from '../../domain/silence-on-segment.js';
import { holdCommits } from '../store/commit-order.js';
import type { Transactions } from '../store/transactions.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { judgeServices, publishDocuments } from './publish/publish-documents.js';

/** Found silent by some director, answering to none that was there lately, and named by no document. */
const WAITING = `
  SELECT DISTINCT r.virtual_service_id AS id FROM real_server r
  JOIN virtual_service v ON v.id = r.virtual_service_id AND v.enabled
  WHERE r.attestation IS NOT NULL AND r.enabled
    AND EXISTS (SELECT 1 FROM silence_fact f WHERE f.server_number = r.number AND f.silent)
    AND NOT EXISTS (SELECT 1 FROM silence_fact f JOIN node_status s ON s.node_id = f.node_id
                    WHERE f.server_number = r.number AND NOT f.silent
                      AND s.last_seen_at > now() - interval '${LONG_AWAY_MINUTES} minutes')
    AND NOT EXISTS (SELECT 1 FROM mention m WHERE m.virtual_service_id = v.id AND m.vip = v.address
                    AND m.host = r.address AND m.dropped_at IS NULL)`;

export async function endWaits(dataSource: DataSource, transactions: Transactions): Promise<void> {
  const rows: { id: string }[] = await dataSource.query(WAITING);
  const serviceIds = rows.map(({ id }) => id);
  // Most of them wait rightly, for a director that is there: that is no reason to hold up commits.
  if (!(await onOneConnection(dataSource, (manager) => wouldMove(manager, serviceIds)))) return;
  await transactions.run(async (manager) => {
    await publishDocuments(manager, await holdCommits(manager), { serviceIds, vips: [] });
  });
}

async function wouldMove(manager: EntityManager, serviceIds: readonly string[]): Promise<boolean> {
  const { moved } = await judgeServices(manager, serviceIds);
  return moved.length > 0;
}
