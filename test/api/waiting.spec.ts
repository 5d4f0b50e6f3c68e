/** `Prefer: wait`: a write is answered when all nodes have it in force, or else with those that do not. */
import { request as plainRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InForceWaits, MOST_WAITING } from '../../src/api/waiting/in-force-waits.js';
import { ADMIN_TOKEN, ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';
import { untilSo } from '../support/until-so.js';

const HOST = '192.0.2.11';
const WAIT_MS = 8_000;
const SERVICES = '/v1/virtual-services';

let api: ApiUnderTest;
/** Where the nodes report; callers wait at the other one. */
let other: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let last = 0;
let path: string;
let server: string;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  other = await api.another();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  for (const node of [director, agent]) await node.follow(other);
});

beforeEach(async () => {
  const { id, realServers } = await api.createService(fresh());
  path = `${SERVICES}/${id}`;
  server = `${path}/real-servers/${realServers[0]?.id}`;
  await agent.confirm();
  await director.confirm();
});

afterAll(async () => {
  for (const node of [director, agent]) node.leave();
  await other.close();
  await api.close();
});

function fresh(): Record<string, unknown> {
  last += 1;
  const realServers = [{ address: HOST }];
  return { address: `198.51.100.${last}`, port: 80, protocol: 'tcp', drainSeconds: 0, realServers };
}

/** Sent at once; it is answered later. */
function waiting(method: string, of: string, body?: object, seconds = 20, on = api) {
  const call = on.send(method, of).set('Prefer', `wait=${seconds}`);
  const sent = { answered: false, answer: (body === undefined ? call : call.send(body)).then((one) => one) };
  void sent.answer.then(() => (sent.answered = true));
  return sent;
}

function waiters(of = api): number {
  return of.part(InForceWaits).size;
}

async function oneWaits(of = api): Promise<void> {
  await untilSo(() => waiters(of) === 1, 'somebody to wait', WAIT_MS);
}

const NOT_CONFIRMED = { role: 'director', node: 'lb-1', realServer: null, reason: 'NotConfirmed' };

describe('a write with Prefer: wait', () => {
  it('is answered as soon as the node that came last has confirmed it, at whichever process', async () => {
    const began = performance.now();
    for (const weight of [5, 6, 7, 8]) {
      const patch = waiting('patch', server, { weight });
      await oneWaits();
      expect([patch.answered, (await api.get(server)).body.weight], 'committed').toEqual([false, weight]);
      await director.confirm();
      const { status, body, headers } = await patch.answer;
      expect([status, headers['preference-applied']]).toEqual([200, 'wait=20']);
      expect(body).toMatchObject({ weight, missing: [], status: { provisioning: 'in-sync' } });
    }
    expect(performance.now() - began, 'woken, and not by the poll every 2 s').toBeLessThan(4_000);
  });

  it('waits for the agents, and then for the directors that are told of their servers', async () => {
    const post = waiting('post', SERVICES, fresh());
    await oneWaits();
    await director.confirm();
    await agent.confirm();
    await director.caughtUp();
    expect(post.answered).toBe(false);
    await director.confirm();
    const { status, body, headers } = await post.answer;
    expect([status, headers['location']]).toEqual([201, `${SERVICES}/${body.id}`]);
    expect(body).toMatchObject({ missing: [], status: { provisioning: 'in-sync', operating: 'online' } });
    expect(body.realServers[0].status).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
  });

  it('comes after that time with who is missing and why, and is done all the same', async () => {
    const late = await waiting('post', SERVICES, { ...fresh(), realServers: [{ address: '192.0.2.99' }] }, 1)
      .answer;
    expect([late.status, late.headers['preference-applied']]).toEqual([201, 'wait=1']);
    expect(late.body.missing).toMatchObject([{ role: 'agent', realServer: '192.0.2.99', reason: 'NoAgent' }]);

    const key = path.split('/').at(-1) ?? '';
    const patch = waiting('patch', path, { scheduler: 'source-hash' }, 1);
    await oneWaits();
    await director.confirm([{ key, versionInForce: null, reason: 'KernelRefused', message: 'No.' }]);
    const { status, body } = await patch.answer;
    expect([status, body.scheduler]).toEqual([200, 'source-hash']);
    expect(body.missing).toEqual([{ ...NOT_CONFIRMED, reason: 'KernelRefused', message: 'No.' }]);
    expect((await api.get(path)).body).toMatchObject({ scheduler: 'source-hash', revision: body.revision });
  });

  it('ends when a fault is gone without a newer document', async () => {
    const key = path.split('/').at(-1) ?? '';
    const began = performance.now();
    for (const name of ['a', 'b', 'c']) {
      await director.confirm([{ key, versionInForce: null, reason: 'KernelRefused', message: 'No.' }]);
      const patch = waiting('patch', path, { name });
      await oneWaits();
      await director.confirm();
      expect((await patch.answer).body).toMatchObject({ name, missing: [] });
    }
    expect(performance.now() - began, 'woken, and not by the poll every 2 s').toBeLessThan(3_000);
  });

  it('DELETE: 204 when all directors have let go, 202 with who has not', async () => {
    const detached = waiting('delete', `${server}?approve=${await approval(server)}`, undefined, 1);
    const { status, body } = await detached.answer;
    expect([status, body]).toMatchObject([202, { missing: [NOT_CONFIRMED] }]);

    const gone = waiting('delete', path);
    await oneWaits();
    await director.confirm();
    expect(await gone.answer).toMatchObject({ status: 204, text: '' });
    await api.get(path).expect(404);
  });

  it('PUT of all real servers is answered with the set, as it is by then', async () => {
    const put = waiting('put', `${path}/real-servers`, { realServers: [{ address: HOST, weight: 9 }] });
    await oneWaits();
    await director.confirm();
    const { status, body } = await put.answer;
    expect(status).toBe(200);
    expect(body).toMatchObject({ missing: [], items: [{ weight: 9, status: { provisioning: 'in-sync' } }] });
  });

  it('is committed before it waits, with its Idempotency-Key too, and a repetition waits likewise', async () => {
    const keyed = () =>
      api.send('patch', server).set({ Prefer: 'wait=20', 'Idempotency-Key': 'waits' }).send({ weight: 77 });
    const patch = keyed().then((one) => one);
    await oneWaits();
    expect((await api.get(server)).body.weight).toBe(77);
    await director.confirm();
    const first = await patch;
    expect(first.headers['idempotency-replayed']).toBe('false');
    expect(first.body).toMatchObject({ weight: 77, missing: [], status: { provisioning: 'in-sync' } });
    const { headers, body } = await keyed();
    expect([headers['idempotency-replayed'], body]).toEqual(['true', first.body]);
  });
});

describe('nobody waits', () => {
  it('where nothing moves, after an error, and where no wait can be read', async () => {
    const renamed = await waiting('patch', path, { name: 'x' }).answer;
    expect(renamed.body).toMatchObject({ name: 'x', missing: [] });
    const refused = await waiting('patch', path, { scheduler: 'none' }).answer;
    expect([refused.status, refused.headers['preference-applied']]).toEqual([400, undefined]);
    expect((await waiting('delete', `${path}/real-servers/${server.slice(-36, -1)}`).answer).status).toBe(
      404,
    );
    const plain = await api.send('patch', server).set('Prefer', 'wait=never').send({ weight: 2 });
    expect([plain.headers['preference-applied'], 'missing' in plain.body]).toEqual([undefined, false]);
  });

  it('for a caller that has gone', async () => {
    const gone = plainRequest(`${api.base}${server}`, {
      method: 'PATCH',
      headers: {
        Authorization: `Bearer ${ADMIN_TOKEN}`,
        'Content-Type': 'application/json',
        Prefer: 'wait=60',
      },
    });
    gone.on('error', () => undefined).end('{"weight": 3}');
    await oneWaits();
    gone.destroy();
    await untilSo(() => waiters() === 0, 'the wait of who has gone to end', WAIT_MS);
  });

  it('at a process that stops', async () => {
    const stopping = await api.another();
    const patch = waiting('patch', server, { weight: 4 }, 60, stopping);
    await oneWaits(stopping);
    const began = performance.now();
    await stopping.close();
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await patch.answer).toMatchObject({ status: 200, body: { weight: 4, missing: [NOT_CONFIRMED] } });
  });

  it('beyond a number that one process bears; and for all of those it looks once', async () => {
    await api.patch(server, { weight: 5 }).expect(200);
    const waits = api.part(InForceWaits);
    const id = path.split('/').at(-1) ?? '';
    const leave = new AbortController();
    const many = Array.from({ length: MOST_WAITING }, () => waits.until([id], 60_000, leave.signal));
    const tooMany = await waiting('patch', server, { weight: 6 }).answer;
    expect([tooMany.status, tooMany.headers['preference-applied']]).toEqual([200, undefined]);
    const looks = await connectionsTaken(async () => {
      await director.confirm();
      expect(await Promise.all(many)).toEqual(Array.from({ length: MOST_WAITING }, () => []));
    });
    expect(looks, 'at the database').toBeLessThan(20);
    expect(waiters()).toBe(0);
  });
});

async function approval(of: string): Promise<string> {
  return (await api.delete(of).expect(409)).body.plan.approve;
}

/** How often work was done over a connection of the callers' process. */
async function connectionsTaken(work: () => Promise<void>): Promise<number> {
  const { dataSource } = api;
  const take = dataSource.createQueryRunner.bind(dataSource);
  let taken = 0;
  dataSource.createQueryRunner = (...mode) => {
    taken += 1;
    return take(...mode);
  };
  await work().finally(() => (dataSource.createQueryRunner = take));
  return taken;
}
