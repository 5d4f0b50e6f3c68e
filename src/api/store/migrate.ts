/** `homeward migrate`: brings the schema up to date and says what it did. Safe to run by several processes at once. */
import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { migrateEnv } from '../../platform/env.js';
import { createLogger } from '../../platform/logger.js';
import { openDatabase } from './open-database.js';

/** Any constant will do; it only has to be the same in every process. */
const MIGRATION_LOCK = 4_825_117;

export async function migrate(): Promise<void> {
  const env = migrateEnv();
  const logger = createLogger('migrate', env.logLevel);
  const database = await openDatabase(env, logger);
  try {
    for (const name of await runMigrations(database.dataSource)) logger.info({ migration: name }, 'migrated');
    logger.info('the schema is up to date');
  } finally {
    await database.close();
  }
}

/** @returns the names of the migrations that were run. */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    const done = await dataSource.runMigrations();
    return done.map(({ name }) => name);
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}
