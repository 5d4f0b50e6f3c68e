/**
 * `homeward api`: opens the database, brings its schema up to date, and serves until it is told to stop. Then it takes
 * no new requests, ends the nodes' streams, and closes the database last.
 */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { apiEnv, type ApiEnv } from '../platform/env.js';
import { keepHeapSmall } from '../platform/keep-heap-small.js';
import { createLogger } from '../platform/logger.js';
import { closeInOrder, stopped, untilStopped } from '../platform/shutdown.js';
import { createApi } from './create-api.js';
import { runMigrations } from './store/migrate.js';
import { openDatabase } from './store/open-database.js';
import { ensureAdminToken } from './tokens/first-admin-token.js';

export async function startApi(): Promise<void> {
  keepHeapSmall();
  const env = apiEnv();
  const logger = createLogger('api', env.logLevel);
  const stop = untilStopped();
  const database = await openDatabase(env, logger);
  const closers = [{ name: 'database', close: () => database.close() }];
  try {
    await runMigrations(database.dataSource);
    const news = await ensureAdminToken(database.dataSource, env);
    const { dataSource, url: databaseUrl } = database;
    const { publicUrl, eventDays } = env;
    const api = await createApi({ dataSource, databaseUrl, logger, publicUrl, eventDays });
    closers.unshift({ name: 'http', close: () => api.close() });
    const url = await listen(api, env);
    if (news !== null) process.stdout.write(`${news}\n`);
    process.stdout.write(`Homeward listens on ${url} (Swagger UI: ${url}/docs)\n`);
    await stopped(stop);
    logger.info('stopping');
  } finally {
    await closeInOrder(closers, logger);
  }
}

async function listen(api: NestExpressApplication, { port, host }: ApiEnv): Promise<string> {
  await api.listen(port, host);
  const url = await api.getUrl();
  return url.replace('[::1]', 'localhost');
}
