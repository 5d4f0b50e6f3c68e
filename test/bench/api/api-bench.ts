/**
 * `npm run bench -- api`: how many requests a second the API answers, beside a bare Nest with TypeORM in the same run. The
 * API and PostgreSQL share one processor, the client has another. There are 100 agents and a director in the database, with
 * proofs of every VIP, so that each answer shows a status that was worked out; none of them is connected meanwhile.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { systemCommands } from '../../../src/platform/command-runner.js';
import { startEmbeddedPostgres } from '../../../src/platform/embedded-postgres.js';
import { createLogger } from '../../../src/platform/logger.js';
import { until } from '../../support/until.js';
import { HOST_ADDRESSES, vipOf } from '../addresses.js';
import type { ApiPace, ApiResult } from './api-result.js';
import { load, type Answer, type Load, type Target } from './http-load.js';
import { KNOWN_NODES, PROOFS, FLOOR_ROWS } from './known-facts.js';

const MAIN = fileURLToPath(new URL('../../../src/main.js', import.meta.url));
const FLOOR = fileURLToPath(new URL('./floor-program.js', import.meta.url));
const SERVICES = '/v1/virtual-services';
const API_PORT = 3000;
const FLOOR_PORT = 3001;
const START_LIMIT_MS = 60_000;
const CONNECTIONS = 32;
const LARGE_PRIME = 7919;
const FULL_SIZE = 10_000;
/** More than there are connections; 2,000 services, or as many as there are. */
const PAGES_APART = 40;
const PAGE = 50;

export async function measureApi(directory: string, quick: boolean): Promise<ApiResult> {
  const size = quick ? FULL_SIZE / 10 : FULL_SIZE;
  await systemCommands.run(['ip', 'link', 'set', 'lo', 'up']);
  await pin('0');
  const dataDir = join(directory, 'api-data');
  await mkdir(dataDir);
  const postgres = await startEmbeddedPostgres({ dataDir, logger: createLogger('bench', 'warn') });
  const database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  const token = randomBytes(24).toString('base64url');
  const api = await startProgram([MAIN, 'api'], API_PORT, token, {
    DATABASE_URL: postgres.url,
    PORT: `${API_PORT}`,
    HOMEWARD_ADMIN_TOKEN: token,
    HOMEWARD_DATA_DIR: dataDir,
    HOMEWARD_LOG_LEVEL: 'warn',
  });
  for (const statement of KNOWN_NODES) await database.query(statement, [HOST_ADDRESSES]);
  const floor = await startProgram([FLOOR, postgres.url, `${FLOOR_PORT}`], FLOOR_PORT, token, {});
  await pin(availableParallelism() > 1 ? '1' : '0');
  const all = { connections: CONNECTIONS, count: size };
  const made = {
    api: await create(api, { ...all, ms: Infinity }, 0),
    floor: await create(floor, { ...all, ms: 5_000 }, 0),
  };
  for (const statement of PROOFS) await database.query(statement);
  await database.query(FLOOR_ROWS, [size]);
  await database.query('VACUUM ANALYZE');
  const ms = quick ? 2_000 : 6_000;
  const [apiIds, floorIds] = [
    await idsOf(database, 'virtual_service'),
    await idsOf(database, 'floor_service'),
  ];
  const both = async (
    work: (target: Target, ids: readonly string[]) => Promise<ApiPace['api']>,
  ): Promise<ApiPace> => {
    const first = await work(floor, floorIds);
    const own = await work(api, apiIds);
    // The floor before and after, for a floor that something disturbed is none.
    const second = await work(floor, floorIds);
    return { api: own, floor: first.perSecond > second.perSecond ? first : second };
  };
  const many: Load = { connections: CONNECTIONS, ms };
  const get = await both((target, ids) =>
    load(target, many, (index) => ({ method: 'GET', path: `${SERVICES}/${pick(ids, index)}` })),
  );
  const list = await both((target) =>
    load(target, many, () => ({ method: 'GET', path: `${SERVICES}?limit=${PAGE}` })),
  );
  // No two that are under way ask alike, so that none is read together with another; and what they ask for is remembered.
  const pages = await firstPages(api, Math.min(PAGES_APART, size / PAGE));
  const apart = await both((target) =>
    load(target, many, (index) => {
      const page = index % pages.length;
      return {
        method: 'GET',
        path: target === api ? (pages[page] ?? '') : `${SERVICES}?skip=${page * PAGE}`,
      };
    }),
  );
  const plain = await both((target) =>
    load(target, many, () => ({ method: 'GET', path: `${SERVICES}?limit=${PAGE}&fields=${WITHOUT_STATUS}` })),
  );
  const patch = await both((target, ids) =>
    load(target, many, (index) => ({
      method: 'PATCH',
      path: `${SERVICES}/${pick(ids, index)}`,
      body: { name: `renamed-${index}` },
    })),
  );
  const hundred = await load(api, { connections: 1, ms }, () => ({
    method: 'GET',
    path: `${SERVICES}?limit=100`,
  }));
  const found = await measureFinding(api, ms / 4);
  const alone = await create(api, { connections: 1, ms: ms / 2 }, size);
  await database.end();
  return { services: size, get, list, apart, plain, create: made, alone, patch, hundred, finding: found };
}

/** Reads as many pages, each by the cursor of the one before. */
async function firstPages(api: Target, count: number): Promise<readonly string[]> {
  const once: Load = { connections: 1, ms: Infinity, count: 1 };
  const paths: string[] = [];
  let path = `${SERVICES}?limit=${PAGE}`;
  while (paths.length < count) {
    paths.push(path);
    await load(
      api,
      once,
      () => ({ method: 'GET', path }),
      ({ body }) => (path = nextPath(body)),
    );
  }
  return paths;
}

function nextPath(body: string): string {
  const { nextCursor } = JSON.parse(body) as { nextCursor: string };
  return `${SERVICES}?limit=${PAGE}&cursor=${nextCursor}`;
}

/** How long one client waits for 100 of all services, by what it asks. */
async function measureFinding(api: Target, ms: number): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const query of QUERIES) {
    const { p50Ms } = await load(api, { connections: 1, ms }, () => ({
      method: 'GET',
      path: `${SERVICES}?limit=100&${query}`,
    }));
    found[query] = p50Ms;
  }
  return found;
}

/** What the floor shows, and what else is the operators' own wish. */
const WITHOUT_STATUS =
  'id,name,description,address,port,endPort,protocol,enabled,scheduler,tags,realServers.id,realServers.address,realServers.weight,revision,createdAt';

const QUERIES = [
  'sort=name',
  'sort=-updatedAt',
  'name=prefix:service-99',
  'tag.team=t7',
  'q=service+77',
  'address=198.18.7.0/24',
  `realServers.address=${HOST_ADDRESSES[7]}`,
  'status.operating=offline',
  'status.operating=online',
  'fields=id,name&port=gte:80',
];

/** @param first how many there are that were created before. */
function create(target: Target, how: Load, first: number): Promise<ApiPace['api']> {
  return load(target, how, (place) => {
    const index = first + place;
    return {
      method: 'POST',
      path: SERVICES,
      body: {
        name: `service-${index}`,
        address: vipOf(index),
        port: 80,
        ...(target.port === API_PORT && { protocol: 'tcp' }),
        tags: { env: 'prod', team: `t${index % 100}` },
        realServers: [0, 1].map((server) => ({
          address: HOST_ADDRESSES[(index * 3 + server * 7) % HOST_ADDRESSES.length],
          weight: 1000,
        })),
      },
    };
  });
}

function pick(ids: readonly string[], index: number): string {
  return ids[(index * LARGE_PRIME) % ids.length] ?? '';
}

async function idsOf(database: pg.Client, table: 'virtual_service' | 'floor_service'): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(`SELECT id FROM ${table} ORDER BY id`);
  return rows.map(({ id }) => id);
}

/** This process and what it starts from now on run there. */
async function pin(core: string): Promise<void> {
  await systemCommands.run(['taskset', '--all-tasks', '-pc', core, String(process.pid)]);
}

async function startProgram(
  argv: readonly string[],
  port: number,
  token: string,
  env: Record<string, string>,
): Promise<Target> {
  const child = spawn(process.execPath, argv, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  child.once('exit', (code) => {
    process.stderr.write(`${argv[0]} ended by itself (${code})\n`);
    process.exit(1);
  });
  const target = { port, token, processId: child.pid ?? 0 };
  const ready = (): Promise<Answer | null> => {
    let answer: Answer | null = null;
    return load(
      target,
      { connections: 1, ms: 1_000, count: 1 },
      () => ({ method: 'GET', path: SERVICES }),
      (heard) => (answer = heard),
    ).then(
      () => answer,
      () => null,
    );
  };
  await until({
    what: argv[0] ?? '',
    limitMs: START_LIMIT_MS,
    look: async () => ((await ready()) === null ? { missing: 'no answer' } : { found: true }),
  });
  return target;
}
