import type { DataSource, EntityManager } from 'typeorm';
import { onOneConnection } from './on-one-connection.js';

/**
 * Reads that have to fit each other: all of them see what was committed when the first one began, and nothing later. Not
 * to be called within a request that is one transaction.
 */
export function inOneSnapshot<T>(
  dataSource: DataSource,
  read: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return onOneConnection(dataSource, async (manager) => {
    try {
      const [, result] = await Promise.all([manager.query(BEGIN), read(manager)]);
      return result;
    } finally {
      // There is nothing to commit; where the connection is lost, PostgreSQL ends it by itself.
      await manager.query('COMMIT').catch(() => undefined);
    }
  });
}

const BEGIN = 'START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';
