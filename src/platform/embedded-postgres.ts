/**
 * A real PostgreSQL of our own in the data directory, for those who bring none.
 * It listens on a Unix socket only, in a directory that no other user enters, so it needs no password. It dies with
 * this process, also of SIGKILL; what was acknowledged by then is there at the next start.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { startProgram, type RunningProgram } from './command-runner.js';
import { prepareCluster, type Cluster } from './embedded-postgres-cluster.js';
import { DATABASE_USER, findPostgresFiles, type PostgresFiles } from './embedded-postgres-files.js';
import { EmbeddedPostgresUnusable } from './embedded-postgres-unusable.js';
import type { Logger } from './logger.js';
import { readFileIfThere } from './state-file.js';

/** Recovery after a power cut replays the log, which can take a while on a slow disk. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 15_000;

export interface EmbeddedPostgres {
  /** For pg, libpq and TypeORM. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the server on `<dataDir>/postgres`, which is made when it is not there, and waits until it takes clients. */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly logger: Logger;
}): Promise<EmbeddedPostgres> {
  const files = await findPostgresFiles();
  const cluster = await prepareCluster(options.dataDir, files, options.logger);
  try {
    return await serve(files, cluster, options.logger);
  } catch (error) {
    await cluster.release();
    throw error;
  }
}

async function serve(files: PostgresFiles, cluster: Cluster, logger: Logger): Promise<EmbeddedPostgres> {
  const lastLines: string[] = [];
  const server = await startProgram(serverCommand(files, cluster), {
    deathSignal: 'INT',
    onLine: (line) => {
      lastLines.splice(0, lastLines.length - 4);
      lastLines.push(line);
      logger.debug({ postgres: line }, 'postgres');
    },
  });
  let ended = false;
  void server.ended.then(() => (ended = true));
  if (!(await untilReady(server, cluster.directory, () => ended))) {
    await stop(server);
    throw new EmbeddedPostgresUnusable(lastLines.join('\n'));
  }
  let closing = false;
  void server.ended.then(() => {
    if (!closing)
      logger.error({ lastLines }, 'the embedded PostgreSQL ended by itself; restart this process');
  });
  return {
    url: `postgres://${DATABASE_USER}@localhost/postgres?host=${encodeURIComponent(cluster.socketDirectory)}`,
    close: async () => {
      closing = true;
      await stop(server);
      await cluster.release();
    },
  };
}

function serverCommand(files: PostgresFiles, cluster: Cluster): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: cluster.socketDirectory,
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // In the order of the server's log this leaves out ERROR: a failed statement is its caller's to report, and its
    // detail shows rows.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return files.command('postgres', '-D', cluster.directory, ...pairs);
}

/** The server writes its number and, as line 8, its state into postmaster.pid; `pg_ctl --wait` reads the same. */
async function untilReady(server: RunningProgram, directory: string, ended: () => boolean): Promise<boolean> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!ended() && Date.now() < deadline) {
    const lines = (await readFileIfThere(join(directory, 'postmaster.pid')))?.split('\n') ?? [];
    if (lines[0] === String(server.pid) && lines[7]?.trim() === 'ready') return true;
    await sleep(10);
  }
  return false;
}

/** SIGINT ends sessions and writes a checkpoint; SIGQUIT only ends, and the next start recovers. */
async function stop(server: RunningProgram): Promise<void> {
  server.signal('SIGINT');
  const clock = new AbortController();
  const tooLong = sleep(STOP_LIMIT_MS, undefined, { signal: clock.signal }).then(
    () => server.signal('SIGQUIT'),
    () => undefined,
  );
  await server.ended;
  clock.abort();
  await tooLong;
}
