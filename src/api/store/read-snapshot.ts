import type { DataSource, EntityManager } from 'typeorm';
import { onOneConnection } from './on-one-connection.js';

/** Statements that all see the database as it is at the first of them. Not within a request that is one transaction. */
export function readSnapshot<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return onOneConnection(dataSource, async (manager) => {
    await manager.query('START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    try {
      return await work(manager);
    } finally {
      await manager.query('COMMIT').catch(() => undefined);
    }
  });
}
