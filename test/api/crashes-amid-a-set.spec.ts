/**
 * An API process that dies while several writes are on their way to one commit: before it nothing of any is there, and after it all of
 * each, its answer included, which the same key gets from another process.
 */
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiProcess } from '../support/api-process.js';
import { ADMIN_TOKEN, ApiUnderTest } from '../support/api-under-test.js';
import { untilSo } from '../support/until-so.js';

const SERVICES = '/v1/virtual-services';
const KILLER = new URL('../support/die-after-commit.mjs', import.meta.url).href;
const PORTS = [81, 82, 83, 84];
const WAIT_MS = 10_000;
/** Until those that were sent are read and stand in the queue. */
const ARRIVAL_MS = 300;

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  await api.createService({ address: '192.0.2.200', port: 80 });
});
afterAll(() => api.close());

function ask(base: string, port: number, key: string) {
  return request(base)
    .post(SERVICES)
    .set({ Authorization: `Bearer ${ADMIN_TOKEN}`, 'Idempotency-Key': key })
    .send({ address: '192.0.2.200', port, protocol: 'tcp', realServers: [{ address: '192.0.2.11' }] });
}

/** Has them come while one that will be refused waits for the order of commits, and then does this. */
async function dieWith(process: ApiProcess, key: string, next: () => Promise<unknown>): Promise<void> {
  const holder = api.dataSource.createQueryRunner();
  await holder.startTransaction();
  await holder.query('SELECT 1 FROM cluster FOR UPDATE');
  const refused = ask(process.base, 80, `${key}-refused`).then(
    () => undefined,
    () => undefined,
  );
  await untilSo(
    async () => (await api.query('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0,
    'the first waits',
    WAIT_MS,
  );
  const asked = PORTS.map((port) => ask(process.base, port, `${key}-${port}`).then(() => 'answered', String));
  await new Promise((resolve) => void setTimeout(resolve, ARRIVAL_MS));
  await next();
  await holder.commitTransaction();
  await holder.release();
  await refused;
  expect(await process.ended()).toBe('SIGKILL');
  for (const end of await Promise.all(asked)) expect(end).toMatch(/socket hang up|ECONNRESET/);
}

async function repeated(key: string): Promise<Response[]> {
  return Promise.all(PORTS.map(async (port) => ask(api.base, port, `${key}-${port}`)));
}

it('leaves nothing of any that was not committed, and all of each that was', async () => {
  const before = await api.contents();
  const [waiting, committing] = await Promise.all([
    ApiProcess.start(api.databaseUrl, ADMIN_TOKEN),
    ApiProcess.start(api.databaseUrl, ADMIN_TOKEN, KILLER),
  ]);
  await dieWith(waiting, 'lost', () => waiting.kill());
  expect(await api.contents()).toEqual(before);

  await dieWith(committing, 'kept', async () => undefined);
  const transactions = await api.query('SELECT DISTINCT xmin FROM virtual_service WHERE port > 80');
  expect(transactions, 'one commit').toHaveLength(1);
  const answers = await repeated('kept');
  expect(answers.map(({ status, headers }) => [status, headers['idempotency-replayed']])).toEqual(
    PORTS.map(() => [201, 'true']),
  );
  const { items } = (await api.get(`${SERVICES}?port=gt:80&sort=port`)).body;
  expect(items).toEqual(answers.map(({ body }) => body as unknown));
});
