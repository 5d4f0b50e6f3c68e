/**
 * A real PostgreSQL of our own in the data directory, for those who bring none.
 * It listens on a Unix socket only, in a directory that no other user enters, so it needs no password. It dies with
 * this process, also of SIGKILL, and a start after that waits for the old server to be gone: two servers on one
 * directory would destroy it, so nothing in here ever removes a lock while a process of that directory lives.
 */
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram, systemCommands, type RunningProgram } from './command-runner.js';
import { findPostgresFiles, type PostgresFiles } from './embedded-postgres-files.js';
import type { Logger } from './logger.js';
import { isAlive, processesWorkingIn, processIdentity } from './process-identity.js';
import { readFileIfThere, writeFileAtomically } from './state-file.js';

const USER = 'homeward';
/** Recovery after a power cut replays the log, which can take a while on a slow disk. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 15_000;
const INITDB_LIMIT_MS = 120_000;
/** An orphaned server was told by the kernel to stop; it writes a checkpoint first. */
const ORPHAN_LIMIT_MS = 30_000;
/** sun_path of unix(7) holds 107 bytes and the terminating zero. */
const SOCKET_PATH_LIMIT = 107;
const SOCKET_NAME = '.s.PGSQL.5432';

export interface EmbeddedPostgres {
  /** For pg, libpq and TypeORM. */
  readonly url: string;
  close(): Promise<void>;
}

export class EmbeddedPostgresUnusable extends Error {
  constructor(message: string) {
    super(`The embedded PostgreSQL cannot run: ${message}`);
    this.name = 'EmbeddedPostgresUnusable';
  }
}

/** Starts the server on `<dataDir>/postgres`, which is made when it is not there, and waits until it takes clients. */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly logger: Logger;
}): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(options.dataDir);
  const release = await claim(dataDir);
  try {
    const files = await findPostgresFiles();
    const cluster = join(dataDir, 'postgres');
    await initialise(files, dataDir, cluster, options.logger);
    await untilUnused(cluster, options.logger);
    return await serve(files, cluster, options.logger, release);
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Writes down who uses the directory, so that a second start is refused at once and in clear words. It is a courtesy:
 * PostgreSQL's own lock decides.
 */
async function claim(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, 'postgres.owner');
  const owner = await readFileIfThere(path);
  if (owner !== undefined && isAlive(owner)) {
    throw new EmbeddedPostgresUnusable(`process ${owner.split(' ')[1]} already uses ${dataDir}`);
  }
  const me = processIdentity(process.pid);
  if (me === undefined) throw new EmbeddedPostgresUnusable('/proc cannot be read');
  await writeFileAtomically(path, me, { mode: 0o600 });
  return async () => {
    if ((await readFileIfThere(path)) === me) await rm(path, { force: true });
  };
}

/** Made under another name and renamed, so that a kill half way leaves no half database behind. */
async function initialise(
  files: PostgresFiles,
  dataDir: string,
  cluster: string,
  logger: Logger,
): Promise<void> {
  const unfinished = (await readdir(dataDir)).filter((name) => name.startsWith('postgres.new-'));
  for (const name of unfinished) await rm(join(dataDir, name), { recursive: true, force: true });
  if ((await readFileIfThere(join(cluster, 'PG_VERSION'))) !== undefined) return;
  logger.info({ directory: cluster }, 'making a new database');
  const fresh = await mkdtemp(join(dataDir, 'postgres.new-'));
  try {
    await runInitdb(files, fresh);
    await rename(fresh, cluster);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
}

async function runInitdb(files: PostgresFiles, directory: string): Promise<void> {
  const [program, ...args] = files.command(
    'initdb',
    `--pgdata=${directory}`,
    `--username=${USER}`,
    '--encoding=UTF8',
    // The same order of text on every machine, whatever its C library thinks of locales.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--auth-local=trust',
    '--auth-host=reject',
    '--no-instructions',
  );
  try {
    await systemCommands.run(['setpriv', '--pdeathsig', 'KILL', '--', program, ...args], {
      timeoutMs: INITDB_LIMIT_MS,
    });
  } catch (error) {
    throw new EmbeddedPostgresUnusable(withHint(error instanceof Error ? error.message : String(error)));
  }
}

/** Waits for what a killed process left behind, then removes its lock, whose number may be another process's by now. */
async function untilUnused(cluster: string, logger: Logger): Promise<void> {
  const lock = join(cluster, 'postmaster.pid');
  if ((await readFileIfThere(lock)) === undefined) return;
  logger.info(
    { directory: cluster },
    'the last run did not end in good order; waiting for its database to stop',
  );
  const deadline = Date.now() + ORPHAN_LIMIT_MS;
  for (let users = processesWorkingIn(cluster); users.length > 0; users = processesWorkingIn(cluster)) {
    if (Date.now() > deadline)
      throw new EmbeddedPostgresUnusable(`processes ${users.join(', ')} use ${cluster}`);
    await sleep(50);
  }
  await rm(lock, { force: true });
}

async function serve(
  files: PostgresFiles,
  cluster: string,
  logger: Logger,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const socketDirectory = await socketDirectoryFor(cluster);
  const lastLines: string[] = [];
  const server = await startProgram(serverCommand(files, cluster, socketDirectory), {
    deathSignal: 'INT',
    onLine: (line) => {
      lastLines.splice(0, lastLines.length - 4);
      lastLines.push(line);
      logger.debug({ postgres: line }, 'postgres');
    },
  });
  let ended = false;
  void server.ended.then(() => (ended = true));
  if (!(await untilReady(server, cluster, () => ended))) {
    await stop(server);
    throw new EmbeddedPostgresUnusable(withHint(lastLines.join('\n')));
  }
  let closing = false;
  void server.ended.then(() => {
    if (!closing)
      logger.error({ lastLines }, 'the embedded PostgreSQL ended by itself; restart this process');
  });
  return {
    url: `postgres://${USER}@localhost/postgres?host=${encodeURIComponent(socketDirectory)}`,
    close: async () => {
      closing = true;
      await stop(server);
      if (socketDirectory !== cluster) await rm(socketDirectory, { recursive: true, force: true });
      await release();
    },
  };
}

function serverCommand(files: PostgresFiles, cluster: string, socketDirectory: string): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
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
  return files.command('postgres', '-D', cluster, ...pairs);
}

/** The server writes its number and, as line 8, its state into postmaster.pid; `pg_ctl --wait` reads the same. */
async function untilReady(server: RunningProgram, cluster: string, ended: () => boolean): Promise<boolean> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!ended() && Date.now() < deadline) {
    const lines = (await readFileIfThere(join(cluster, 'postmaster.pid')))?.split('\n') ?? [];
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

/** The cluster's own directory, or, where that makes too long a path, a short one that is ours alone. */
async function socketDirectoryFor(cluster: string): Promise<string> {
  const fits = Buffer.byteLength(join(cluster, SOCKET_NAME)) <= SOCKET_PATH_LIMIT;
  // The server takes a list, in which these two have a meaning.
  if (fits && !/[",]/.test(cluster)) return cluster;
  const uid = process.geteuid?.() ?? 0;
  const directory = `/tmp/homeward-${uid}-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await lstat(directory);
  // Anybody can make a directory in /tmp first, to be the server that we talk to.
  if (!found.isDirectory() || found.uid !== uid) {
    throw new EmbeddedPostgresUnusable(`${directory} belongs to somebody else`);
  }
  await chmod(directory, 0o700);
  return directory;
}

function withHint(words: string): string {
  if (process.geteuid?.() !== 0) return words;
  if (/Operation not permitted/.test(words)) {
    return `${words}\nAs root it needs user namespaces, which are not allowed here. Set DATABASE_URL, or run as another user.`;
  }
  if (/Permission denied/.test(words)) {
    return `${words}\nAs root it has no right to enter other users' directories. Run as the user they belong to.`;
  }
  return words;
}
