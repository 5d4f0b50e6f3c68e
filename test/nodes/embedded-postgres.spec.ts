/**
 * The embedded PostgreSQL as real processes: as root, as an ordinary user, inside user namespaces, and killed.
 * Each child process runs the compiled launcher, so `npm run build` comes first.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { createLogger } from '../../src/platform/logger.js';
import { processesWorkingIn } from '../../src/platform/process-identity.js';
import { IS_MACHINES_ROOT } from '../support/machines-root.js';

const IS_ROOT = process.geteuid?.() === 0;
/** Root's files stay readable in there, wherever the checkout is; to the program it is a user like any other. */
const AS_ORDINARY_USER = IS_ROOT ? ['unshare', '-U', '--map-user=1000', '--map-group=1000', '--'] : [];
const AS_ANOTHER_USER = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const IN_NAMESPACES = ['unshare', '-Urnm', 'sh', '-c', 'mount -t tmpfs tmpfs /run && exec "$@"', 'sh'];
const logger = createLogger('test', 'silent');

/** Starts the server, prints its URL, and stops it in good order on SIGTERM. */
const PROGRAM = `
  const [launcher, logger, dataDir] = process.argv.slice(1);
  const { startEmbeddedPostgres } = await import(launcher);
  const { createLogger } = await import(logger);
  const server = await startEmbeddedPostgres({ dataDir, logger: createLogger('test', 'silent') });
  console.log(server.url);
  process.once('SIGTERM', () => server.close().then(() => process.exit(0)));
  setInterval(() => undefined, 60_000);
`;

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-pg-'));
  await chmod(directory, 0o755);
});

afterEach(async () => {
  for (const child of children.splice(0)) await killed(child);
  // A server that was killed with its parent may still be at its last files.
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** The URL of a server that a process of its own runs; rejects with what the process said. */
async function launch(
  prefix: readonly string[],
  dataDir: string,
): Promise<{ child: ChildProcess; url: string }> {
  const launcher = resolve('dist/src/platform/embedded-postgres.js');
  const node = [process.execPath, '--input-type=module', '-e', PROGRAM, launcher];
  const [program, ...args] = [...prefix, ...node, resolve('dist/src/platform/logger.js'), dataDir];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const first = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const ended = once(child, 'close').then(() => Promise.reject(new Error(words)));
  ended.catch(() => undefined);
  const [url] = await Promise.race([first, ended]);
  return { child, url };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

async function exitCode([program = '', ...args]: readonly string[]): Promise<unknown> {
  const [code] = (await once(spawn(program, args, { stdio: 'inherit' }), 'exit')) as unknown[];
  return code;
}

async function untilNobodyWorksIn(cluster: string): Promise<void> {
  while (processesWorkingIn(cluster).length > 0) await sleep(20);
}

describe('the embedded PostgreSQL', () => {
  it('makes a database, keeps what was written over a restart, and leaves nothing running', async () => {
    const first = await startEmbeddedPostgres({ dataDir: directory, logger });
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.close();
    expect(processesWorkingIn(join(directory, 'postgres'))).toEqual([]);
    const second = await startEmbeddedPostgres({ dataDir: directory, logger });
    try {
      expect(await query(second.url, 'SELECT n FROM kept')).toEqual([7]);
      expect(await query(second.url, 'SHOW listen_addresses')).toEqual(['']);
      expect((await stat(join(directory, 'postgres'))).mode & 0o777).toBe(0o700);
    } finally {
      await second.close();
    }
    expect(await readdir(directory)).toEqual(['postgres']);
  });

  it.each([
    ['as an ordinary user', AS_ORDINARY_USER],
    ['in user, network and mount namespaces', IN_NAMESPACES],
    ['in those namespaces as an ordinary user', [...AS_ORDINARY_USER, ...IN_NAMESPACES]],
  ])('runs %s', async (_, prefix) => {
    const { url } = await launch(prefix, directory);
    expect(await query(url, 'SELECT 1')).toEqual([1]);
  });

  // Only root can become another user.
  it.runIf(IS_MACHINES_ROOT)('lets no other user in', async () => {
    const server = await startEmbeddedPostgres({ dataDir: directory, logger });
    const socket = join(directory, 'postgres', '.s.PGSQL.5432');
    const mayConnect = (prefix: readonly string[]) => exitCode([...prefix, 'test', '-w', socket]);
    try {
      expect(await mayConnect(['env'])).toBe(0);
      expect(await mayConnect(AS_ANOTHER_USER)).toBe(1);
    } finally {
      await server.close();
    }
  });

  it('dies with its parent, and the next start waits for it and has every acknowledged row', async () => {
    const { child, url } = await launch([], directory);
    await query(url, 'CREATE TABLE acknowledged AS SELECT generate_series(1, 20000) AS n');
    const sleeper = query(url, 'SELECT pg_sleep(60)').catch((error: Error) => error.message);
    await sleep(100);
    await killed(child);
    const again = await startEmbeddedPostgres({ dataDir: directory, logger });
    try {
      expect(await query(again.url, 'SELECT count(*)::int FROM acknowledged')).toEqual([20_000]);
      expect(await sleeper).toMatch(/terminat/);
    } finally {
      await again.close();
    }
  });

  it('starts over the lock of a killed server, also when its number is another process by now', async () => {
    const { child } = await launch([], directory);
    const cluster = join(directory, 'postgres');
    const lock = join(cluster, 'postmaster.pid');
    const [postmaster] = (await readFile(lock, 'utf8')).split('\n');
    process.kill(Number(postmaster), 'SIGKILL');
    await killed(child);
    await untilNobodyWorksIn(cluster);
    const bystander = spawn('sleep', ['60']);
    children.push(bystander);
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/^\d+/, String(bystander.pid)));
    const again = await startEmbeddedPostgres({ dataDir: directory, logger });
    expect(await query(again.url, 'SELECT 1')).toEqual([1]);
    await again.close();
  });

  it('refuses a second start on the same directory in clear words and leaves the first alone', async () => {
    const { child, url } = await launch([], directory);
    await expect(startEmbeddedPostgres({ dataDir: directory, logger })).rejects.toThrow(
      `process ${child.pid} already uses ${directory}`,
    );
    expect(await query(url, 'SELECT 1')).toEqual([1]);
  });

  it('begins anew where a kill interrupted the making of the database', async () => {
    const unfinished = join(directory, 'postgres.new-killed');
    await mkdir(unfinished);
    await writeFile(join(unfinished, 'PG_VERSION'), '18');
    const server = await startEmbeddedPostgres({ dataDir: directory, logger });
    await server.close();
    expect(await readdir(directory)).toEqual(['postgres']);
  });

  it('takes a directory whose path is too long for a socket, and cleans up the short one', async () => {
    const dataDir = join(directory, 'd'.repeat(120), 'a "quoted", odd % name');
    const server = await startEmbeddedPostgres({ dataDir, logger });
    const socketDirectory = new URL(server.url).searchParams.get('host') ?? '';
    expect(await query(server.url, 'SELECT 1')).toEqual([1]);
    expect((await stat(socketDirectory)).mode & 0o777).toBe(0o700);
    await server.close();
    await expect(stat(socketDirectory)).rejects.toThrow('ENOENT');
    await symlink(directory, socketDirectory);
    try {
      await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toThrow(
        /EEXIST|belongs to somebody else/,
      );
    } finally {
      await rm(socketDirectory);
    }
  });

  it('says why it cannot start', async () => {
    const server = await startEmbeddedPostgres({ dataDir: directory, logger });
    await server.close();
    await writeFile(join(directory, 'postgres', 'PG_VERSION'), '9.6\n');
    await expect(startEmbeddedPostgres({ dataDir: directory, logger })).rejects.toThrow(
      'incompatible with server',
    );
  });
});
