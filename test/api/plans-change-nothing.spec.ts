/**
 * Dry runs of everything that can be written, sensible or not: the database and the nodes are watched, and see nothing. What
 * watches is seen to see.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Transactions } from '../../src/api/store/transactions.js';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';
import { meantWrites, type MeantWrite } from '../support/meant-writes.js';
import { TestNode } from '../support/test-node.js';
import { WatchedDatabase, type Seen } from '../support/watched-database.js';
import { wild, type Wild } from '../support/wild-requests.js';

const SEED = 20_261_123;
const REQUESTS = 600;
const AT_ONCE = 4;
const HOST = '192.0.2.11';

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let watched: WatchedDatabase;
let services: Created[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await director.follow();
  await agent.follow();
  // Of how many flows there are plans ask it.
  director.replying = () => ({ format: 1, refusal: { reason: 'NotInForce', message: 'It is not here.' } });
  services = await Promise.all(
    ['192.0.2.200', '192.0.2.201'].map((address) =>
      api.createService({ address, realServers: [{ address: HOST }] }),
    ),
  );
  await agent.confirm();
  await director.confirm();
  await agent.caughtUp();
  watched = await WatchedDatabase.of(api);
  await watched.settled();
});

afterAll(async () => {
  for (const node of [director, agent]) node.leave();
  await watched.close();
  await api.close();
});

async function whatWasDone(work: () => Promise<unknown>): Promise<string[]> {
  const before = await watched.see();
  await work();
  const after: Seen = await watched.see();
  return Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
}

const messages = () => director.messages.length + agent.messages.length;

it('nothing is done by any of them, and no node hears of it', async () => {
  const heard = messages();
  const statuses = new Map<number, number>();
  const requests = fc.sample(wild, { numRuns: REQUESTS, seed: SEED }).filter(isWrite);
  const work = async (): Promise<void> => {
    for (let start = 0; start < requests.length; start += AT_ONCE) {
      const answers = await Promise.all(requests.slice(start, start + AT_ONCE).map(dryRun));
      for (const status of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    for (const write of meant()) expect(await planOf(write)).toBe('planned');
  };
  expect(await whatWasDone(work)).toEqual([]);
  expect(messages()).toBe(heard);
  // What directors are asked is on its way in a table that PostgreSQL does not log, and went with their answers.
  expect(director.questions.length).toBeGreaterThan(0);
  expect(await api.query(QUESTIONS)).toEqual([{ logged: false, rows: 0 }]);
  expect(requests.length).toBeGreaterThan(REQUESTS / 3);
  expect(statuses.get(200), 'plans').toBeGreaterThan(requests.length / 5);
  expect([...statuses.keys()].filter((status) => status >= 500 || status === 201 || status === 204)).toEqual(
    [],
  );
}, 50_000);

it('a write is seen by all that watches', async () => {
  const heard = messages();
  const made = await whatWasDone(() => api.patch(first(), { port: 81 }).expect(200));
  expect(made).toEqual(
    expect.arrayContaining(['virtual_service', 'revision', 'audit_entry', 'cluster', 'counted', 'notified']),
  );
  await director.until(() => messages() > heard, 'the documents of the write');
  await watched.settled();
  expect(await whatWasDone(() => api.query(`SELECT nextval('real_server_number_seq')`))).toEqual([
    'sequences',
  ]);
  const takenBack = () => api.query('BEGIN; UPDATE cluster SET revision = revision; ROLLBACK');
  expect(await whatWasDone(takenBack)).toEqual(['counted']);
});

it('PostgreSQL itself refuses to write, to draw and to lock in a plan', async () => {
  const transactions = api.part(Transactions);
  for (const sql of [
    'UPDATE cluster SET revision = revision',
    `SELECT nextval('real_server_number_seq')`,
    'SELECT 1 FROM cluster FOR UPDATE',
  ]) {
    await expect(
      transactions.plan((manager) => manager.query(sql)),
      sql,
    ).rejects.toThrow('read-only transaction');
  }
});

it('a plan waits for no change that is being made, and no change waits for a plan', async () => {
  const blocker = api.dataSource.createQueryRunner();
  await blocker.query('BEGIN; SELECT 1 FROM cluster FOR UPDATE; SELECT 1 FROM virtual_service FOR UPDATE');
  for (const write of meant()) expect(await planOf(write)).toBe('planned');
  await blocker.query('ROLLBACK');
  await blocker.release();
});

const QUESTIONS = `SELECT relpersistence <> 'u' AS logged, (SELECT count(*)::integer FROM question) AS rows
  FROM pg_class WHERE relname = 'question'`;
const first = () => `/v1/virtual-services/${services[0]?.id}`;
const meant = () =>
  meantWrites({
    service: first(),
    realServer: `${first()}/real-servers/${services[0]?.realServers[0]?.id}`,
    agent: agent.id,
    director: director.id,
    host: HOST,
  });

async function planOf({ method, path, body }: MeantWrite): Promise<string> {
  const { status, body: plan, text } = await api.send(method, `${path}?dryRun=true`).send(body);
  const isPlan = status === 200 && (plan.changes.length > 0 || plan.violations.length > 0);
  return isPlan ? 'planned' : `${method} ${path} ${text}`;
}

function isWrite({ route }: Wild): boolean {
  return !route.startsWith('get ') && route.includes(' /v1/') && !route.endsWith('/probe');
}

async function dryRun({ route, body, query, pick, ifMatch, type }: Wild): Promise<number> {
  const [method = 'get', template = ''] = route.split(' ');
  const service = services[pick % services.length];
  const path = template
    .replace(':service', service?.id ?? '')
    .replace(':server', service?.realServers[0]?.id ?? '')
    .replace(':node', pick % 2 === 0 ? agent.id : director.id)
    .replace(':number', String(pick % 10));
  const asked = template === '/v1/plans' ? query : `${query}${query === '' ? '?' : '&'}dryRun=true`;
  const call = api.send(method, path + asked).set('Idempotency-Key', `k${pick}`);
  if (ifMatch !== undefined) call.set('If-Match', ifMatch);
  if (method !== 'delete')
    call
      .type(type)
      .serialize((text) => text as string)
      .send(body as unknown as object);
  return (await call).status;
}
