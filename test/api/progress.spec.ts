/** How far a revision is in force: counted from what nodes confirmed, waited for, and never said too early. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InForceWaits } from '../../src/api/waiting/in-force-waits.js';
import { requestContext } from '../../src/api/http/request-context.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';
import { untilSo } from '../support/until-so.js';

const HOST = '192.0.2.11';
const WAIT_MS = 8_000;
const BULK = '/v1/virtual-services/bulk';

let api: ApiUnderTest;
let director: TestNode;
let second: TestNode;
let agent: TestNode;
let last = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  second = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  for (const node of [director, second, agent]) await node.follow();
});

afterAll(async () => {
  for (const node of [director, second, agent]) node.leave();
  await api.close();
});

function fresh(name: string): Record<string, unknown> {
  last += 1;
  const realServers = [{ address: HOST }];
  return {
    name,
    address: `198.51.${100 + (last >> 7)}.${last & 127}`,
    port: 80,
    protocol: 'tcp',
    drainSeconds: 0,
    realServers,
  };
}

interface Made {
  readonly revision: number;
  readonly ids: readonly string[];
}

let made: Made;

/** Three services that all nodes have in force. */
beforeEach(async () => {
  made = await make(3);
  await allConfirm();
  await allConfirm();
});

async function make(count: number): Promise<Made> {
  const create = Array.from({ length: count }, (_, index) => fresh(`s${index}`));
  const { body } = await api.post(BULK, { create }).expect(200);
  return { revision: body.revision, ids: body.created.map(({ id }: { id: string }) => id) };
}

async function allConfirm(): Promise<void> {
  for (const node of [agent, director, second]) await node.confirm();
}

async function progress(revision: number) {
  const { body } = await api.get(`/v1/revisions/${revision}/progress`).expect(200);
  return body;
}

/** A change that moves the directors' documents of the first services. */
const moving = (count: number, scheduler: string) => ({
  patch: made.ids.slice(0, count).map((id) => ({ id, scheduler })),
});

async function patchAll(count = made.ids.length, scheduler = 'source-hash'): Promise<number> {
  return (await api.post(BULK, moving(count, scheduler)).expect(200)).body.revision;
}

function waiting(method: string, path: string, body?: object, seconds = 20) {
  const call = api.send(method, path).set('Prefer', `wait=${seconds}`);
  const sent = { answered: false, answer: (body === undefined ? call : call.send(body)).then((one) => one) };
  void sent.answer.then(() => (sent.answered = true));
  return sent;
}

async function oneWaits(): Promise<void> {
  await untilSo(() => api.part(InForceWaits).size === 1, 'somebody to wait', WAIT_MS);
}

describe('how far a revision is', () => {
  it('is counted from what each node confirmed, and in force with the last of them alone', async () => {
    const revision = await patchAll();
    expect(await progress(revision)).toMatchObject({
      revision,
      state: 'rolling-out',
      services: { total: 3, inForce: 0, waiting: 3, overtaken: 0 },
      reasons: [{ reason: 'NotConfirmed', services: 3 }],
      nodes: [
        { role: 'director', node: 'lb-1', services: 3, first: [{ name: 's0', realServer: null }, {}, {}] },
        { role: 'director', node: 'lb-2', services: 3 },
      ],
      nodesLeftOut: 0,
    });
    await director.confirm();
    expect(await progress(revision)).toMatchObject({
      state: 'rolling-out',
      services: { inForce: 0, waiting: 3 },
      nodes: [{ node: 'lb-2', services: 3 }],
    });
    const key = made.ids[1] ?? '';
    await second.confirm([{ key, versionInForce: null, reason: 'KernelRefused', message: 'No.' }]);
    expect(await progress(revision)).toMatchObject({
      state: 'rolling-out',
      services: { inForce: 2, waiting: 1 },
      reasons: [{ reason: 'KernelRefused', services: 1 }],
      nodes: [{ node: 'lb-2', services: 1, first: [{ virtualServiceId: key, message: 'No.' }] }],
    });
    await second.confirm();
    expect(await progress(revision)).toMatchObject({
      state: 'in-force',
      services: { total: 3, inForce: 3, waiting: 0 },
      reasons: [],
      nodes: [],
    });
  });

  it('counts as overtaken what later revisions have changed or deleted, whatever nodes have confirmed', async () => {
    const revision = await patchAll();
    await allConfirm();
    const later = await patchAll(1, 'maglev');
    await api.insist(`/v1/virtual-services/${made.ids[1]}`);
    const told = await progress(revision);
    expect(told).toMatchObject({ state: 'overtaken', services: { total: 3, inForce: 1, overtaken: 2 } });
    expect(told.overtaken).toContainEqual({ virtualServiceId: made.ids[0], name: 's0', revision: later });
    expect(told.overtaken).toContainEqual({ virtualServiceId: made.ids[1], name: null, revision: later + 1 });
    expect(await progress(later)).toMatchObject({ state: 'rolling-out', services: { total: 1 } });
  });

  it('of a deletion is in force when all directors have confirmed it; a service that came back has overtaken it', async () => {
    const [id] = made.ids;
    const gone = await api.insist(`/v1/virtual-services/${id}`);
    const link = /^<(.+)>; rel="status"$/.exec(gone.headers['link'] ?? '')?.[1] ?? '';
    const read = async () => (await api.get(link).expect(200)).body;
    await director.confirm();
    expect(await read()).toMatchObject({
      state: 'rolling-out',
      nodes: [{ node: 'lb-2', first: [{ name: null }] }],
    });
    await second.confirm();
    const { revision, ...told } = await read();
    expect(told).toMatchObject({ state: 'in-force', services: { total: 1, inForce: 1 } });
    await api.post(`/v1/revisions/${revision - 1}/rollback`, {}).expect(200);
    expect(await read()).toMatchObject({ state: 'overtaken', overtaken: [{ virtualServiceId: id }] });
  });

  it('is linked to by every write that makes a revision, kept with an answer too, and by no other', async () => {
    const path = `/v1/virtual-services/${made.ids[0]}`;
    const keyed = () => api.patch(path, { name: 'linked' }).set('Idempotency-Key', `links-${last}`);
    const first = await keyed().expect(200);
    expect(first.headers['link']).toBe(`</v1/revisions/${first.body.revision}/progress>; rel="status"`);
    expect((await keyed().expect(200)).headers['link']).toBe(first.headers['link']);
    expect((await api.patch(path, { name: 'linked' }).expect(200)).headers['link']).toBeUndefined();
    expect(
      (await api.patch(`${path}?dryRun=true`, { name: 'x' }).expect(200)).headers['link'],
    ).toBeUndefined();
  });

  it('is answered with 304 as long as it stays as it is, and 404 for no revision', async () => {
    const path = `/v1/revisions/${await patchAll()}/progress`;
    const { headers } = await api.get(path).expect(200);
    const again = () => api.get(path).set('If-None-Match', headers['etag'] ?? '');
    await again().expect(304);
    await director.confirm();
    await again().expect(200);
    for (const none of ['0', '999999', 'x']) await api.get(`/v1/revisions/${none}/progress`).expect(404);
  });

  it('asks the database for hundreds of services together', async () => {
    const few = await statementsOf(made.revision);
    const many = await statementsOf((await make(40)).revision);
    expect(few).toBeGreaterThan(5);
    expect(many - few, 'more statements for 40 services than for 3').toBe(0);
  });
});

describe('Prefer: wait', () => {
  it('of a bulk request, a configuration and a rollback ends with the last node, and shows how far it is', async () => {
    const { virtualServices, ...rest } = (await api.get('/v1/configuration').expect(200)).body;
    const changed = {
      ...rest,
      virtualServices: virtualServices.map((one: object) => ({ ...one, scheduler: 'maglev' })),
    };
    const before = (await api.get('/v1/revisions?limit=1')).body.items[0].number;
    const writes = [
      () => waiting('post', BULK, moving(3, 'source-hash')),
      () => waiting('put', '/v1/configuration', changed),
      () => waiting('post', `/v1/revisions/${before}/rollback`, {}),
    ];
    for (const write of writes) {
      const sent = write();
      await oneWaits();
      await director.confirm();
      expect(sent.answered).toBe(false);
      await second.confirm();
      const { status, headers, body } = await sent.answer;
      expect([status, headers['preference-applied']]).toEqual([200, 'wait=20']);
      expect(body.progress).toMatchObject({ revision: body.revision, state: 'in-force' });
      for (const one of body.patched ?? []) expect(one.status.provisioning).toBe('in-sync');
    }
  });

  it('comes after that time with who is behind, and is done all the same', async () => {
    const { status, body } = await waiting('post', BULK, moving(2, 'source-hash'), 1).answer;
    expect([status, body.patched.map((one: { scheduler: string }) => one.scheduler)]).toEqual([
      200,
      ['source-hash', 'source-hash'],
    ]);
    expect(body.progress).toMatchObject({ state: 'rolling-out', services: { total: 2, waiting: 2 } });
  });

  it('of many real servers is as that of one: with `missing`', async () => {
    const path = `/v1/virtual-services/${made.ids[0]}/real-servers`;
    const [{ id }] = (await api.get(path)).body.items;
    const sent = waiting('post', `${path}/bulk`, { patch: [{ id, weight: 3 }] });
    await oneWaits();
    await allConfirm();
    const { headers, body } = await sent.answer;
    expect(headers['preference-applied']).toBe('wait=20');
    expect(body).toMatchObject({
      missing: [],
      patched: [{ weight: 3, status: { provisioning: 'in-sync' } }],
    });
  });

  it('of the question itself waits too, and not where nothing can come any more', async () => {
    const revision = await patchAll();
    const sent = waiting('get', `/v1/revisions/${revision}/progress`);
    await oneWaits();
    await allConfirm();
    const { headers, body } = await sent.answer;
    expect([headers['preference-applied'], body.state]).toEqual(['wait=20', 'in-force']);
    await patchAll(1, 'maglev');
    expect((await waiting('get', `/v1/revisions/${revision}/progress`).answer).body.state).toBe('overtaken');
  });

  it('is passed over where nothing had to be changed', async () => {
    await patchAll();
    const { body, headers } = await waiting('post', BULK, moving(3, 'source-hash')).answer;
    expect([body.revision, headers['preference-applied'], body.progress]).toEqual([
      null,
      undefined,
      undefined,
    ]);
  });

  it('sees those that it looked at last, too', async () => {
    made = await make(30);
    await allConfirm();
    await allConfirm();
    const all = waiting('post', BULK, moving(30, 'source-hash'));
    await oneWaits();
    await director.confirm();
    const key = made.ids[29] ?? '';
    await second.confirm([{ key, versionInForce: null, reason: 'KernelRefused', message: 'No.' }]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(all.answered).toBe(false);
    await second.confirm();
    expect((await all.answer).body.progress).toMatchObject({ state: 'in-force', services: { inForce: 30 } });
  });
});

async function statementsOf(revision: number): Promise<number> {
  const counting = api.dataSource.createQueryRunner.bind(api.dataSource);
  let asked = 0;
  api.dataSource.createQueryRunner = (...mode) => {
    const runner = counting(...mode);
    const query = runner.query.bind(runner);
    runner.query = ((...sent: Parameters<typeof runner.query>) => {
      if (isOfARequest()) asked += 1;
      return query(...sent);
    }) as typeof runner.query;
    return runner;
  };
  await progress(revision).finally(() => (api.dataSource.createQueryRunner = counting));
  return asked;
}

/** What the process does by itself meanwhile, such as recording events, is nobody's request. */
function isOfARequest(): boolean {
  try {
    return requestContext().requestId !== '';
  } catch {
    return false;
  }
}
