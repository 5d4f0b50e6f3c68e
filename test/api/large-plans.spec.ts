/** What bounds plans: how many are made at a time, how long one may take, how much it tells, and what happens to it when a write of it fails. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTime } from '../../src/api/plans/in-time.js';
import { Transactions } from '../../src/api/store/transactions.js';
import { ApiUnderTest } from '../support/api-under-test.js';

const HOST = '192.0.2.11';
const NEW = { address: '192.0.2.201', port: 80, protocol: 'tcp', realServers: [{ address: HOST }] };
const MAKE = { method: 'POST', path: '/v1/virtual-services', body: NEW };
const BULK = '/v1/virtual-services/bulk?dryRun=true';
/** As many as are made at a time and wait, in one process. */
const AT_ONCE = 2;
const INSIDE = AT_ONCE + 16;

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.close());

describe('plans that nobody has room for', () => {
  it('are refused at once, while writes are made as ever', async () => {
    const transactions = api.part(Transactions);
    let letGo = (): void => undefined;
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    const held = Array.from({ length: INSIDE }, () => transactions.plan(() => gone));
    const refused = await api.post('/v1/virtual-services?dryRun=true', NEW).expect(503);
    expect(refused.body).toMatchObject({ code: 'too-many-plans' });
    expect(refused.headers['retry-after']).toBe('1');
    await api.post('/v1/plans', { changes: [MAKE] }).expect(503);
    await api.createService({ address: '192.0.2.210' });
    letGo();
    await Promise.all(held);
    await api.post('/v1/virtual-services?dryRun=true', NEW).expect(200);
  });

  it('end when they take too long: between two pieces, and in the midst of a statement', async () => {
    const began = performance.now();
    const late = { failure: { kind: 'unavailable', code: 'plan-takes-too-long' } };
    const plan = (work: Parameters<typeof inTime<unknown>>[1]) =>
      api.part(Transactions).plan((manager) => inTime(manager, work, 50));
    const betweenPieces = plan(async (within) => {
      await setTimeout(100);
      within.throwIfAborted();
    });
    await expect(betweenPieces).rejects.toMatchObject(late);
    const inStatement = api
      .part(Transactions)
      .plan((manager) => inTime(manager, () => manager.query('SELECT pg_sleep(20)'), 50));
    await expect(inStatement).rejects.toMatchObject(late);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('a plan of more than anybody reads', () => {
  const services = (weight: number) =>
    Array.from({ length: 501 }, (_, at) => ({
      ...NEW,
      address: `198.51.${100 + (at >> 8)}.${at & 255}`,
      realServers: [{ address: HOST, weight: at === 500 ? weight : 1 }],
    }));

  it('tells the first thousand, how many it leaves out, and totals; the digest is of all', async () => {
    const { body } = await api.post(BULK, { create: services(1) }).expect(200);
    expect(body.changes).toHaveLength(1_000);
    expect(body).toMatchObject({
      allowed: true,
      changesLeftOut: 2,
      documentsLeftOut: 0,
      violationsLeftOut: 0,
    });
    expect(body.totals).toMatchObject({
      virtualServices: { created: 501, updated: 0, deleted: 0 },
      realServers: { created: 501 },
    });
    expect(body.nodes).toMatchObject({ flowsLeftOut: 0 });
    const other = await api.post(BULK, { create: services(2) }).expect(200);
    expect(other.body.changes).toEqual(body.changes);
    expect(other.body.digest).not.toBe(body.digest);
  });

  it('tells the first thousand of its broken rules', async () => {
    const realServers = [21, 22, 23].map((last) => ({ address: `192.0.2.${last}`, port: 81 }));
    const create = services(1).map((each) => ({ ...each, realServers }));
    const { body } = await api.post(BULK, { create }).expect(200);
    expect(body.violations).toHaveLength(1_000);
    expect(body).toMatchObject({ allowed: false, violationsLeftOut: 503 });
  });
});

it('a write that cannot be asked fails all of them, with its place and its own code', async () => {
  const made = await api.createService({ address: '192.0.2.211' });
  const blocker = api.dataSource.createQueryRunner();
  await blocker.query('BEGIN; LOCK TABLE virtual_service IN ACCESS EXCLUSIVE MODE');
  const change = { method: 'DELETE', path: `/v1/virtual-services/${made.id}` };
  const asked = api.post('/v1/plans', { changes: [MAKE, change] }).then((answer) => answer);
  let ended: unknown[] = [];
  for (; ended.length === 0; await setTimeout(10)) {
    ended = await api.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM virtual_service%'`,
    );
  }
  const { status, body, headers } = await asked;
  await blocker.query('ROLLBACK');
  await blocker.release();
  expect([status, body.code, headers['retry-after']]).toEqual([503, 'database-unavailable', '1']);
  expect(body.errors).toMatchObject([{ code: 'database-unavailable', field: '/changes/1' }]);
});
