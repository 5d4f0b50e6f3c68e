/** A configuration that is applied while others write: what it comes to, and how long they wait for it. */
import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { untilSo } from '../support/until-so.js';

const PATH = '/v1/configuration';
const WEB = { address: '192.0.2.9', protocol: 'tcp', port: 80 };
const DNS = { address: '192.0.2.10', protocol: 'udp', port: 53 };

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

beforeEach(async () => {
  await apply([]);
});

function apply(virtualServices: readonly object[]): Promise<Response> {
  return api.put(PATH, { virtualServices }).expect(200);
}

async function exported(): Promise<string> {
  return (await api.get(PATH).expect(200)).text;
}

function waiting(): Promise<readonly unknown[]> {
  return api.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
}

/** Until somebody waits for a lock. */
function untilWaiting(): Promise<void> {
  return untilSo(async () => (await waiting()).length > 0, 'the change to wait for the service', 5_000);
}

it('is what there is afterwards, also where somebody made more while it was compared', async () => {
  const { id } = await api.createService(WEB);
  const runner = api.dataSource.createQueryRunner();
  await runner.query('START TRANSACTION');
  // The change has compared by then, and waits for the service.
  await runner.query('SELECT 1 FROM virtual_service WHERE id = $1 FOR UPDATE', [id]);
  const answer = apply([{ ...WEB, name: 'x' }]).then((sent) => sent);
  await untilWaiting();
  await api.createService(DNS);
  await runner.query('COMMIT');
  await runner.release();
  expect((await answer).body.changes).toMatchObject([
    { action: 'delete', ...DNS },
    { action: 'update', id },
  ]);
  expect(JSON.parse(await exported()).virtualServices).toEqual([{ ...WEB, name: 'x' }]);
});

it('is worked out before it waits for those who commit, so that they wait the less for it', async () => {
  const drawn = () => api.query('SELECT last_value, is_called FROM virtual_service_number_seq');
  const before = await drawn();
  const runner = api.dataSource.createQueryRunner();
  await runner.query('START TRANSACTION');
  await runner.query('SELECT 1 FROM cluster FOR UPDATE');
  const answer = apply([DNS]).then((sent) => sent);
  await untilWaiting();
  expect(await drawn()).not.toEqual(before);
  await runner.query('COMMIT');
  await runner.release();
  expect((await answer).body.changes).toMatchObject([{ action: 'create', ...DNS }]);
});

it('leaves connections to others, however many are compared at once', async () => {
  const runner = api.dataSource.createQueryRunner();
  await runner.query('START TRANSACTION');
  await runner.query('LOCK TABLE virtual_service IN ACCESS EXCLUSIVE MODE');
  const answers = Promise.all(Array.from({ length: 12 }, () => apply([WEB])));
  try {
    await untilSo(async () => (await waiting()).length > 1, 'two to compare', 5_000);
    await api.get('/v1/revisions').timeout(2_000).expect(200);
  } finally {
    await runner.query('COMMIT');
    await runner.release();
  }
  expect((await answers).filter(({ body }) => body.revision !== null)).toHaveLength(1);
});
