import type { DataSource, EntityManager } from 'typeorm';
import { onOneConnection } from './on-one-connection.js';

/** Statements that all see the database as it is at the first of them. Not within a request that is one transaction. */
export function readSnapshot<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return onOneConnection(dataSource, async (manager) => {
    try {
      const [, result] = await Promise.all([manager.query(BEGIN), work(manager)]);
      return result;
    } finally {
      // There is nothing to commit; where the connection is lost, PostgreSQL ends it by itself.
      await manager.query('COMMIT').catch(() => undefined);
    }
  });
}

const BEGIN = 'START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY';
