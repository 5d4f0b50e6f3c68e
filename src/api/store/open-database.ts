/** The database of this process: the server that DATABASE_URL names, or else a PostgreSQL of our own in the data directory. */
import type { DataSource } from 'typeorm';
import { startEmbeddedPostgres } from '../../platform/embedded-postgres.js';
import type { Logger } from '../../platform/logger.js';
import { createDataSource } from './data-source.js';

export interface Database {
  readonly dataSource: DataSource;
  readonly url: string;
  close(): Promise<void>;
}

export async function openDatabase(
  env: { readonly databaseUrl?: string; readonly dataDir: string },
  logger: Logger,
): Promise<Database> {
  const embedded =
    env.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: env.dataDir, logger }) : null;
  const url = embedded?.url ?? env.databaseUrl;
  if (url === undefined) throw new Error('no database');
  const dataSource = createDataSource(url);
  try {
    await dataSource.initialize();
  } catch (error) {
    await embedded?.close();
    throw error;
  }
  return {
    dataSource,
    url,
    close: async () => {
      await dataSource.destroy();
      await embedded?.close();
    },
  };
}
