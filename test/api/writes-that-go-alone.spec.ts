/** Who cannot be made together with the others is answered as if he had come alone, and they are as if he had not come. */
import type { Response } from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { AtOneMoment, HOST, SERVICES, statusesOf } from '../support/at-one-moment.js';

let api: ApiUnderTest;
let moment: AtOneMoment;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  moment = new AtOneMoment(api);
});
afterAll(() => api.close());

const create = () => moment.create(moment.fresh());

it('one that breaks a rule is refused, and the others are made, with no gap in the history', async () => {
  const taken = moment.fresh();
  await api.createService(taken);
  const answers = await moment.together([
    create,
    () => moment.create(taken),
    () => moment.create(moment.fresh({ address: HOST }), 'refused'),
    () => moment.create(moment.fresh({ realServers: [{ address: '192.0.2.200' }] })),
    () => moment.create(moment.fresh({ port: 0 })),
    () => api.patch(`${SERVICES}/00000000-0000-4000-8000-000000000000`, { name: 'x' }),
    () => moment.create(moment.fresh(), 'made'),
  ]);

  expect(statusesOf(answers)).toEqual([201, 409, 422, 422, 400, 404, 201]);
  expect(answers[1]?.body.code).toBe('virtual-service-overlaps');
  await moment.expectOneTransaction(answers.filter(({ ok }) => ok));
  expect(await moment.gaps()).toEqual([]);
});

it('of two that want the same place one gets it, and those beside them share a transaction', async () => {
  const body = moment.fresh();
  const [host, vip] = ['192.0.2.77', '192.0.2.78'];
  const answers = await moment.together([
    () => moment.create(body),
    () => moment.create(body),
    () => moment.create(moment.fresh({ address: vip })),
    () => moment.create(moment.fresh({ realServers: [{ address: host }, { address: vip }] })),
    create,
    create,
  ]);

  expect(statusesOf(answers.slice(0, 2)).sort((a, b) => a - b)).toEqual([201, 409]);
  expect(statusesOf(answers.slice(2, 4)).sort((a, b) => a - b)).toEqual([201, 422]);
  await moment.expectOneTransaction(answers.slice(4));
  expect(await moment.gaps()).toEqual([]);
});

it('nobody gets the place of one that is refused to leave it', async () => {
  const [stays, moves] = [moment.fresh(), moment.fresh()];
  await api.createService(stays);
  const { id } = await api.createService(moves);
  const [moved, taken, ...others] = await moment.together([
    () => api.patch(`${SERVICES}/${id}`, { port: stays['port'] }),
    () => moment.create(moves),
    create,
    create,
  ]);
  expect(statusesOf([moved, taken] as Response[])).toEqual([409, 409]);
  await moment.expectOneTransaction(others);
});

it('a service of which a change is refused is in the way of the others as before', async () => {
  const vip = '192.0.2.79';
  const { id } = await api.createService(moment.fresh({ address: vip }));
  const [refused, serversOnTheVip, ...others] = await moment.together([
    () => api.post(`${SERVICES}/${id}/real-servers`, { address: vip }),
    () => moment.create(moment.fresh({ realServers: [{ address: vip }] })),
    create,
    create,
  ]);
  expect(statusesOf([refused, serversOnTheVip] as Response[])).toEqual([422, 422]);
  await moment.expectOneTransaction(others);
  expect(await moment.gaps()).toEqual([]);
});

it('what takes something away is judged by itself, after them', async () => {
  const place = moment.fresh();
  const services = [moment.fresh(), moment.fresh(), place].map((body) => api.createService(body));
  const [gone, disabled, moved] = (await Promise.all(services)).map(({ id }) => `${SERVICES}/${id}`);
  const answers = await moment.together([
    create,
    () => moment.create(place),
    () => api.delete(String(gone)),
    () => api.patch(String(disabled), { enabled: false }),
    () => api.patch(String(moved), { port: 9_000 }),
    create,
  ]);
  const [, taking, ...others] = answers;
  expect(statusesOf(others)).toEqual([204, 200, 200, 201]);
  // It has the place after the other one has left it, or not at all.
  const left = answers[4]?.body.revision as number;
  expect(taking?.status === 201 ? taking.body.revision > left : taking?.status === 409, taking?.text).toBe(
    true,
  );
  expect((await api.get(String(gone))).status).toBe(404);
});

it('one with very many real servers has a transaction of its own', async () => {
  const realServers = Array.from({ length: 101 }, (_, index) => ({ address: `198.51.100.${index + 1}` }));
  const [large, ...others] = await moment.together([
    () => moment.create(moment.fresh({ realServers })),
    create,
    create,
  ]);
  await moment.expectOneTransaction(others);
  const kept = await moment.historyOf([large, others[0]] as Response[]);
  expect(new Set(kept.map(({ transaction }) => transaction)).size).toBe(2);
});

it('nobody waits with one whose service somebody else has locked', async () => {
  const [locked, free] = [await api.createService(moment.fresh()), await api.createService(moment.fresh())];
  const path = `${SERVICES}/${locked.id}`;
  const late: Promise<Response>[] = [];
  await moment.whileLocked(locked.id, async () => {
    const [slow = Promise.reject(new Error('nothing was sent')), ...others] = await moment.sent([
      () => api.patch(path, { name: 'in a set' }),
      () => api.patch(`${SERVICES}/${free.id}`, { name: 'free' }),
      create,
    ]);
    expect(statusesOf(await Promise.all(others))).toEqual([200, 201]);
    // The same of one that came alone.
    late.push(
      slow,
      api.patch(path, { description: 'alone' }).then((answer) => answer),
    );
    expect(statusesOf(await Promise.all([create(), create()]))).toEqual([201, 201]);
  });
  expect(statusesOf(await Promise.all(late))).toEqual([200, 200]);
  expect((await api.get(path)).body).toMatchObject({ name: 'in a set', description: 'alone' });
});

it('what PostgreSQL refuses of one is refused to that one alone', async () => {
  await refusing("NEW.name = 'bad'", 'virtual_service', async () => {
    const answers = await moment.together([
      create,
      () => moment.create(moment.fresh({ name: 'bad' })),
      () => moment.create(moment.fresh(), 'beside-a-bad-one'),
    ]);
    expect(statusesOf(answers)).toEqual([201, 409, 201]);
    expect(answers[1]?.body.code).toBe('virtual-service-overlaps');
  });
  expect(await moment.gaps()).toEqual([]);
});

it('an answer has nothing of a try that was rolled back', async () => {
  await api.query('CREATE SEQUENCE tries');
  const body = moment.fresh({ name: 'twice' });
  await refusing("NEW.name = 'twice' AND nextval('tries') > 1", 'virtual_service', () =>
    refusing("NEW.key = 'bad'", 'kept_answer', async () => {
      const answers = await moment.together([
        () => moment.create(body, 'twice'),
        () => moment.create(moment.fresh(), 'bad'),
      ]);
      expect(statusesOf(answers)).toEqual([409, 409]);
      expect(answers.map(({ headers: { location, link, etag } }) => [location, link, etag])[0]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }),
  );
  expect(await moment.gaps()).toEqual([]);
});

it('who cannot answer after it was stored with the others takes back what was stored', async () => {
  const { id, revision } = await api.createService(moment.fresh());
  await api.query(`
    CREATE FUNCTION lose_some() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
      IF NEW.address = '192.0.2.66' THEN RETURN NULL; END IF;
      RETURN NEW;
    END $f$;
    CREATE TRIGGER lose_some BEFORE INSERT ON real_server FOR EACH ROW EXECUTE FUNCTION lose_some()`);
  const attach = api.post(`${SERVICES}/${id}/real-servers`, { address: '192.0.2.66' });
  const [lost, ...others] = await moment.together([
    () => attach.set('Idempotency-Key', 'lost'),
    create,
    create,
  ]);
  await api.query('DROP TRIGGER lose_some ON real_server; DROP FUNCTION lose_some');
  expect([lost?.status, ...statusesOf(others)]).toEqual([404, 201, 201]);
  expect((await api.get(`${SERVICES}/${id}`)).body.revision).toBe(revision);
  expect(await moment.gaps()).toEqual([]);
});

/** Has PostgreSQL refuse rows as if they overlapped. */
async function refusing(when: string, table: string, work: () => Promise<void>): Promise<void> {
  await api.query(`
    CREATE FUNCTION refuse_${table}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
      IF ${when} THEN RAISE EXCEPTION 'as the test wants it' USING ERRCODE = '23P01', CONSTRAINT = 'virtual_service_overlaps'; END IF;
      RETURN NEW;
    END $f$;
    CREATE TRIGGER refuse_some BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_${table}()`);
  await work();
  await api.query(`DROP TRIGGER refuse_some ON ${table}; DROP FUNCTION refuse_${table}`);
}
