/** Every document reaches every node that it is for, once it is committed, in order, and nobody else. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Position } from '../../src/contract/stream.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const HOST = '192.0.2.11';
let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;

beforeEach(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
});

afterEach(async () => {
  director.leave();
  agent.leave();
  await api.close();
});

/** A service that is in the directors' documents already. */
async function served(address: string, changes: object = {}): Promise<string> {
  const body = { address, drainSeconds: 0, realServers: [{ address: HOST }], ...changes };
  const { id } = await api.createService(body);
  await agent.confirm();
  return id;
}

function keysOf(node: TestNode, from: number): string[] {
  return node.messages.slice(from).flatMap(({ documents }) => documents.map(({ key }) => key));
}

it('opens with a snapshot, empty where there is nothing, and goes on with what moves', async () => {
  await director.follow();
  expect(director.messages).toMatchObject([{ kind: 'snapshot', last: true, documents: [] }]);
  await agent.follow();
  const first = await served('192.0.2.200');
  await director.caughtUp();
  const second = await served('192.0.2.201');
  await director.caughtUp();
  const deltas = director.messages.slice(1);
  expect(deltas.map(({ kind, documents }) => [kind, documents.map(({ key }) => key)])).toEqual([
    ['delta', [first]],
    ['delta', [second]],
  ]);
  await api.delete(`/v1/virtual-services/${first}`).expect(204);
  await director.caughtUp();
  expect(director.messages.at(-1)?.documents).toMatchObject([{ key: first, body: null }]);
  expect([...director.held.keys()]).toHaveLength(2);
});

it('resumes from the position that a node holds, with what moved and nothing else', async () => {
  await agent.follow();
  await served('192.0.2.200');
  await director.follow();
  director.leave();
  const before = director.messages.length;
  const moved = await served('192.0.2.201');
  const gone = await served('192.0.2.202');
  await api.delete(`/v1/virtual-services/${gone}`).expect(204);
  await director.follow();
  expect(director.messages.slice(before).map(({ kind }) => kind)).toEqual(['delta']);
  expect(keysOf(director, before).sort()).toEqual([moved, gone].sort());
  expect(director.heldDigest()).toBe(director.messages.at(-1)?.digest);

  const again = director.messages.length;
  await director.follow();
  expect(director.messages.slice(again), 'nothing moved').toMatchObject([{ kind: 'delta', documents: [] }]);
});

it.each([
  ['of another cluster', (held: Position) => ({ ...held, cluster: '00000000-0000-4000-8000-000000000000' })],
  ['of another epoch', (held: Position) => ({ ...held, epoch: held.epoch + 1 })],
  ['ahead of the database', (held: Position) => ({ ...held, version: held.version + 1 })],
])('answers a position %s with a snapshot', async (_name, change) => {
  await agent.follow();
  const id = await served('192.0.2.200');
  await director.follow();
  const held = director.position ?? { cluster: '', epoch: 0, version: 0 };
  const before = director.messages.length;
  await director.follow(api, change(held));
  expect(director.messages.slice(before)).toMatchObject([{ kind: 'snapshot', version: held.version }]);
  expect([...director.held.keys()]).toEqual([id]);
  const control = director.messages.length;
  await director.follow(api, held);
  expect(director.messages[control]).toMatchObject({ kind: 'delta' });
});

it('sends many documents in parts, of which the last one says so', async () => {
  await agent.follow();
  const numbers = Array.from({ length: 250 }, (_, index) => index);
  await Promise.all(
    numbers.map((index) => {
      const address = `192.0.2.${100 + (index % 50)}`;
      return api.createService({ address, port: 1 + index, realServers: [{ address: HOST }] });
    }),
  );
  await agent.confirm();
  await director.follow();
  expect(director.messages.map(({ last, documents }) => [last, documents.length])).toEqual([
    [false, 200],
    [true, 50],
  ]);
  expect(director.heldDigest()).toBe(director.messages.at(-1)?.digest);
});

it('wakes nobody for a change that moves no document, and shows its revision as in force', async () => {
  await agent.follow();
  await director.follow();
  const id = await served('192.0.2.200');
  await director.confirm();
  const before = [director.messages.length, agent.messages.length];
  const changes = { name: 'renamed', description: 'new', tags: { env: 'prod' }, drainSeconds: 5 };
  const { body } = await api.patch(`/v1/virtual-services/${id}`, changes).expect(200);
  expect(body.status).toMatchObject({ provisioning: 'in-sync', observedRevision: body.revision });

  await api.patch(`/v1/virtual-services/${id}`, { scheduler: 'source-hash' }).expect(200);
  await director.caughtUp();
  expect(director.messages.length - (before[0] ?? 0), 'the control: one message for the scheduler').toBe(1);
  expect(agent.messages.length - (before[1] ?? 0)).toBe(0);
});

it('delivers in a second what another process on the same database has changed', async () => {
  const another = await api.another();
  try {
    await agent.follow();
    await director.follow(another);
    const id = await served('192.0.2.200');
    await director.until(() => director.weights(id)[HOST] === 1000, 'the service');
    const sent = Date.now();
    const { realServers } = (await api.get(`/v1/virtual-services/${id}`)).body;
    await api
      .patch(`/v1/virtual-services/${id}/real-servers/${realServers[0].id}`, { weight: 7 })
      .expect(200);
    await director.until(() => director.weights(id)[HOST] === 7, 'the weight');
    expect(Date.now() - sent).toBeLessThan(1_000);

    const { body } = await another.get(`/v1/virtual-services/${id}`);
    expect(body.realServers[0].weight).toBe(7);
  } finally {
    director.leave();
    await another.close();
  }
});

it('delivers what nobody has notified of', async () => {
  await agent.follow();
  await director.follow();
  const id = await served('192.0.2.200');
  await director.until(() => director.service(id) !== null, 'the service');
  await api.dataSource.transaction(async (manager) => {
    await manager.query('UPDATE cluster SET version = version + 1');
    await manager.query(
      "UPDATE document SET version = (SELECT version FROM cluster), revision = 77 WHERE scope = 'directors'",
    );
  });
  await director.until(() => director.held.get(id)?.revision === 77, 'the poll');
  expect(director.messages.at(-1)?.documents.map(({ key }) => key)).toEqual([id]);
});

it('delivers while its connection for notifications is killed, and is notified again afterwards', async () => {
  await agent.follow();
  await director.follow();
  const id = await served('192.0.2.200');
  await director.until(() => director.service(id) !== null, 'the service');
  const listeners = `FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`;
  const killed = await api.query(`SELECT pg_terminate_backend(pid) AS killed ${listeners}`);
  expect(killed).toEqual([{ killed: true }]);
  await api.patch(`/v1/virtual-services/${id}`, { scheduler: 'source-hash' }).expect(200);
  await director.until(() => director.service(id)?.scheduler === 'source-hash', 'the change meanwhile');

  let back: unknown[] = [];
  while (back.length === 0) back = await api.query(`SELECT 1 ${listeners}`);
  const sent = Date.now();
  await api.patch(`/v1/virtual-services/${id}`, { scheduler: 'maglev' }).expect(200);
  await director.until(() => director.service(id)?.scheduler === 'maglev', 'the notification');
  expect(Date.now() - sent).toBeLessThan(1_000);
});

it('hangs up and stops at once, also while nodes hold their streams open', async () => {
  const another = await api.another();
  await director.follow(another);
  const began = Date.now();
  await another.close();
  expect(Date.now() - began).toBeLessThan(2_000);
  director.leave();
});

it('keeps what two directors and an agent hold equal to the digest of every batch, whatever changes', async () => {
  const second = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
  await director.follow();
  await second.follow();
  await agent.follow();
  const ids: string[] = [];
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.nat(), fc.integer({ min: 0, max: 4 })), {
    minLength: 60,
    maxLength: 60,
  });
  const [plan = []] = fc.sample(steps, { numRuns: 1, seed: 20_261_123 });
  let checked = 0;
  const check = (node: TestNode): void => {
    const last = node.messages.at(-1);
    if (last?.last !== true) return;
    expect(node.heldDigest()).toBe(last.digest);
    checked += 1;
  };
  for (const [kind, seed, vip] of plan) {
    const id = ids[seed % Math.max(1, ids.length)] ?? '';
    const path = `/v1/virtual-services/${id}`;
    if (kind <= 2 || id === '') {
      const address = `192.0.2.${200 + vip}`;
      const answer = await api.post('/v1/virtual-services', {
        address,
        port: 1 + (seed % 500),
        protocol: kind === 0 ? 'udp' : 'tcp',
        drainSeconds: seed % 2,
        realServers: [{ address: HOST }],
      });
      if (answer.status === 201) ids.push(answer.body.id);
    } else if (kind === 3) {
      await api.delete(path);
      ids.splice(ids.indexOf(id), 1);
    } else if (kind === 4) await api.patch(path, { enabled: seed % 2 === 0 });
    else if (kind === 5) await agent.confirm();
    else {
      director.leave();
      await director.follow();
      await director.confirm();
      await second.confirm();
    }
    for (const node of [director, second, agent]) {
      await node.caughtUp();
      check(node);
    }
  }
  expect(director.heldDigest()).toBe(second.heldDigest());
  expect(
    [...director.held.values()].some(({ body }) => body !== null),
    'the plan leaves something to hold',
  ).toBe(true);
  expect(checked).toBe(plan.length * 3);
  second.leave();
});
