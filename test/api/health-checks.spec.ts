/** Health checks as an operator sets them, and as the directors are told of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const SERVICES = '/v1/virtual-services';
const TIMING = { intervalSeconds: 5, timeoutSeconds: 2, rise: 2, fall: 3, port: null };

let api: ApiUnderTest;
let director: TestNode;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  await director.follow();
});

afterAll(async () => {
  director.leave();
  await api.close();
});

let last = 10;
const service = (changes: object) => {
  last += 1;
  return { address: `198.51.100.${last}`, port: 80, protocol: 'tcp', ...changes };
};

describe('a health check', () => {
  it.each([
    ['tcp', { type: 'tcp' }, TIMING],
    [
      'http',
      { type: 'http' },
      { ...TIMING, method: 'GET', path: '/', host: null, expectedStatus: 200, expectedBody: null },
    ],
    [
      'https',
      {
        type: 'https',
        method: 'HEAD',
        path: '/up',
        host: 'shop.example',
        expectedStatus: 204,
        port: 8_443,
        rise: 1,
      },
      {
        ...TIMING,
        method: 'HEAD',
        path: '/up',
        host: 'shop.example',
        expectedStatus: 204,
        expectedBody: null,
        port: 8_443,
        rise: 1,
      },
    ],
  ])('of type %s is kept, with defaults for what was not said', async (type, healthCheck, expected) => {
    const { body } = await api.post(SERVICES, service({ healthCheck })).expect(201);
    expect(body.healthCheck).toEqual({ type, ...expected });
    expect((await api.get(`${SERVICES}/${body.id}`)).body.healthCheck).toEqual({ type, ...expected });
  });

  it('of type udp is kept as it was spelled', async () => {
    const healthCheck = { type: 'udp', payload: 'AAE=', expectedReply: '', encoding: 'base64' };
    const { body } = await api.post(SERVICES, service({ protocol: 'udp', healthCheck })).expect(201);
    expect(body.healthCheck).toEqual({ ...TIMING, ...healthCheck });
  });

  it('is patched field by field, and another type leaves behind what is not its own', async () => {
    const made = await api.createService(service({ healthCheck: { type: 'http', path: '/up', fall: 5 } }));
    const path = `${SERVICES}/${made.id}`;
    const body = await api.patch(path, { healthCheck: { expectedBody: 'ok', path: null } }).expect(200);
    expect(body.body.healthCheck).toMatchObject({ type: 'http', path: '/', fall: 5, expectedBody: 'ok' });
    const tcp = await api.patch(path, { healthCheck: { type: 'tcp' } }).expect(200);
    expect(tcp.body.healthCheck).toEqual({ type: 'tcp', ...TIMING, fall: 5 });
    const none = await api.patch(path, { healthCheck: { type: 'none' } }).expect(200);
    expect(none.body.healthCheck).toEqual({ type: 'none' });
  });

  it.each([
    ['a method that checks nothing', { type: 'http', method: 'POST' }, '/healthCheck/method'],
    ['a body that is empty', { type: 'http', expectedBody: '' }, '/healthCheck/expectedBody'],
    ['a port that is none', { type: 'tcp', port: 0 }, '/healthCheck/port'],
    ['a payload without end', { type: 'udp', payload: 'x'.repeat(1_601) }, '/healthCheck/payload'],
    ['a field that there is not', { type: 'tcp', script: 'x' }, '/healthCheck/script'],
  ])('is refused with %s', async (_, healthCheck, field) => {
    const { body } = await api.post(SERVICES, service({ healthCheck })).expect(400);
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
  });
});

describe('the directors', () => {
  const HOST = '192.0.2.11';
  const BACKUP = '192.0.2.12';
  let agents: TestNode[];

  beforeAll(async () => {
    agents = await Promise.all(
      [HOST, BACKUP].map((address) => TestNode.join(api, 'agent', `web-${address}`, [address])),
    );
    for (const agent of agents) await agent.follow();
  });

  afterAll(() => agents.forEach((agent) => agent.leave()));

  it('are told what to ask, who is a backup and how a server comes back, and of a change of it', async () => {
    const made = await api.createService(
      service({
        healthCheck: { type: 'http', path: '/up' },
        slowStartSeconds: 30,
        minHealthy: 2,
        realServers: [{ address: HOST }, { address: BACKUP, backup: true }],
      }),
    );
    for (const agent of agents) await agent.confirm();
    await director.caughtUp();
    const told = director.service(made.id);
    const page = { method: 'GET', path: '/up', host: null, expectedStatus: 200 };
    const question = {
      type: 'http',
      port: 80,
      intervalMs: 5_000,
      timeoutMs: 2_000,
      rise: 2,
      fall: 3,
      http: page,
    };
    expect(told).toMatchObject({ healthCheck: question, slowStartMs: 30_000, minHealthy: 2 });
    expect(told?.servers.map(({ address, backup }) => [address, backup])).toEqual([
      [HOST, undefined],
      [BACKUP, true],
    ]);

    const [, backup] = made.realServers;
    const server = `${SERVICES}/${made.id}/real-servers/${backup?.id ?? ''}`;
    expect((await api.get(server)).body.backup).toBe(true);
    await api.patch(server, { backup: false }).expect(200);
    await api
      .patch(`${SERVICES}/${made.id}`, { slowStartSeconds: null, healthCheck: { type: 'none' } })
      .expect(200);
    for (const agent of agents) await agent.confirm();
    await director.caughtUp();
    const bare = director.service(made.id);
    expect(bare?.servers.filter((entry) => 'backup' in entry)).toEqual([]);
    expect(bare).not.toHaveProperty('healthCheck');
    expect(bare).not.toHaveProperty('slowStartMs');
    expect(bare).not.toHaveProperty('minHealthy');
  });
});
