import type { DataSource, EntityManager } from 'typeorm';
import { joinedTransaction } from './joined-transaction.js';

/**
 * Statements that belong together, on one connection of the pool: those that are not awaited one by one are sent
 * together, in the order of the calls. It is no transaction: each sees what is committed when it begins. Within a
 * request that is one transaction, it is that one's connection, and they see what it has written.
 */
export async function onOneConnection<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const joined = joinedTransaction();
  if (joined !== undefined) return work(joined);
  const runner = dataSource.createQueryRunner();
  try {
    // Before anything is asked for, or what is sent first might leave last.
    await runner.connect();
    return await work(runner.manager);
  } finally {
    await runner.release();
  }
}
