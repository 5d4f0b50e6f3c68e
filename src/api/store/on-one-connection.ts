import type { DataSource, EntityManager } from 'typeorm';

/**
 * Reads that belong together, on one connection of the pool: those that are not awaited one by one are sent together.
 * It is no transaction: each statement sees what is committed when it begins.
 */
export async function onOneConnection<T>(
  dataSource: DataSource,
  read: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    return await read(runner.manager);
  } finally {
    await runner.release();
  }
}
