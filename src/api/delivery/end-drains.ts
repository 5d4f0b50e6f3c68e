/**
 * Takes servers whose drain is over out of the directors' documents. The rows go last: while they are there, nobody
 * takes the name that a drain kept in a document for that of a server which was let in. Any process may do it; the
 * commit order keeps two from colliding.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { holdCommits } from '../store/commit-order.js';
import type { Transactions } from '../store/transactions.js';
import { publishDocuments } from './publish/publish-documents.js';

export async function endDrains(dataSource: DataSource, transactions: Transactions): Promise<void> {
  const due: unknown[] = await dataSource.query('SELECT 1 FROM drain WHERE until <= now() LIMIT 1');
  if (due.length > 0) await transactions.run(endDueDrains);
}

async function endDueDrains(manager: EntityManager): Promise<void> {
  const order = await holdCommits(manager);
  const rows: { id: string }[] = await manager.query(
    'SELECT DISTINCT virtual_service_id AS id FROM drain WHERE until <= now()',
  );
  await publishDocuments(manager, order, { serviceIds: rows.map(({ id }) => id), vips: [] });
  await manager.query('DELETE FROM drain WHERE until <= now()');
}
