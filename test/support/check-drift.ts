/**
 * Fails where the row classes and the migrations describe two different schemas.
 * It migrates an empty database, asks TypeORM which statements would turn that into the schema of the row classes,
 * and expects none. Then it adds a column and expects to be told: a check that finds nothing might be blind.
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/api/store/data-source.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { createLogger } from '../../src/platform/logger.js';

const dataDir = await mkdtemp(join(tmpdir(), 'homeward-drift-'));
try {
  const server = await startEmbeddedPostgres({ dataDir, logger: createLogger('drift', 'warn') });
  try {
    process.exitCode = (await isInStep(server.url)) ? 0 : 1;
  } finally {
    await server.close();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function isInStep(url: string): Promise<boolean> {
  const dataSource = await createDataSource(url).initialize();
  try {
    await dataSource.runMigrations();
    const drift = await pendingStatements(dataSource);
    for (const statement of drift) console.error(`migrations/ and the row classes differ: ${statement}`);
    return drift.length === 0 && (await noticesDrift(dataSource));
  } finally {
    await dataSource.destroy();
  }
}

async function pendingStatements(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

async function noticesDrift(dataSource: DataSource): Promise<boolean> {
  const table = dataSource.entityMetadatas[0]?.tableName ?? '';
  await dataSource.query(`ALTER TABLE "${table}" ADD COLUMN not_in_the_row_class integer`);
  const noticed = (await pendingStatements(dataSource)).some((query) =>
    query.includes('not_in_the_row_class'),
  );
  if (!noticed) console.error(`a column too many in ${table} went unnoticed: this check is blind`);
  return noticed;
}
