/**
 * The directory that an embedded PostgreSQL works in: made once, whole or not at all, used by one process at a time,
 * and taken over from a killed one. Two servers on one directory would destroy it, so nothing in here ever removes a
 * lock while a process works in that directory.
 */
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCommands } from './command-runner.js';
import { DATABASE_USER, type PostgresFiles } from './embedded-postgres-files.js';
import { EmbeddedPostgresUnusable } from './embedded-postgres-unusable.js';
import type { Logger } from './logger.js';
import { isAlive, processesWorkingIn, processIdentity } from './process-identity.js';
import { readFileIfThere, writeFileAtomically } from './state-file.js';

const INITDB_LIMIT_MS = 120_000;
/** An orphaned server was told by the kernel to stop; it writes a checkpoint first. */
const ORPHAN_LIMIT_MS = 30_000;
/** sun_path of unix(7) holds 107 bytes and the terminating zero. */
const SOCKET_PATH_LIMIT = 107;
const SOCKET_NAME = '.s.PGSQL.5432';

export interface Cluster {
  /** What PostgreSQL calls the data directory; a real path. */
  readonly directory: string;
  readonly socketDirectory: string;
  /** To be called when the server is gone. */
  release(): Promise<void>;
}

/** Makes `<dataDir>/postgres` ready for a server, and this process its only user. */
export async function prepareCluster(
  dataDir: string,
  files: PostgresFiles,
  logger: Logger,
): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const parent = await realpath(dataDir);
  const directory = join(parent, 'postgres');
  const giveUp = await claim(parent);
  try {
    await initialise(files, parent, directory, logger);
    const socketDirectory = await socketDirectoryFor(directory);
    await takeOver(directory, socketDirectory, logger);
    const release = async (): Promise<void> => {
      if (socketDirectory !== directory) await rm(socketDirectory, { recursive: true, force: true });
      await giveUp();
    };
    return { directory, socketDirectory, release };
  } catch (error) {
    await giveUp();
    throw error;
  }
}

/**
 * Writes down who uses the directory, so that a second start is refused at once and in clear words. It is a courtesy:
 * PostgreSQL's own lock decides.
 */
async function claim(parent: string): Promise<() => Promise<void>> {
  const path = join(parent, 'postgres.owner');
  const owner = await readFileIfThere(path);
  if (owner !== undefined && isAlive(owner)) {
    throw new EmbeddedPostgresUnusable(`process ${owner.split(' ')[1]} already uses ${parent}`);
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
  parent: string,
  directory: string,
  logger: Logger,
): Promise<void> {
  const unfinished = (await readdir(parent)).filter((name) => name.startsWith('postgres.new-'));
  for (const name of unfinished) await rm(join(parent, name), { recursive: true, force: true });
  if ((await readFileIfThere(join(directory, 'PG_VERSION'))) !== undefined) return;
  logger.info({ directory: directory }, 'making a new database');
  const fresh = await mkdtemp(join(parent, 'postgres.new-'));
  try {
    await runInitdb(files, fresh);
    await rename(fresh, directory);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
}

async function runInitdb(files: PostgresFiles, directory: string): Promise<void> {
  const [program, ...args] = files.command(
    'initdb',
    `--pgdata=${directory}`,
    `--username=${DATABASE_USER}`,
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
    throw new EmbeddedPostgresUnusable(error instanceof Error ? error.message : String(error));
  }
}

/** Waits for what a killed process left behind, then removes its locks, whose number may be another process's by now. */
async function takeOver(directory: string, socketDirectory: string, logger: Logger): Promise<void> {
  const locks = [join(directory, 'postmaster.pid'), join(socketDirectory, `${SOCKET_NAME}.lock`)];
  const held = await Promise.all(locks.map(readFileIfThere));
  if (held.every((text) => text === undefined)) return;
  logger.info({ directory }, 'the last run did not end in good order; waiting for its database to stop');
  const deadline = Date.now() + ORPHAN_LIMIT_MS;
  for (let users = processesWorkingIn(directory); users.length > 0; users = processesWorkingIn(directory)) {
    if (Date.now() > deadline)
      throw new EmbeddedPostgresUnusable(`processes ${users.join(', ')} use ${directory}`);
    await sleep(50);
  }
  for (const lock of locks) await rm(lock, { force: true });
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
