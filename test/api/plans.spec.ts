/** What a dry run answers: the plan of the write, whatever is written, and the same plan for the same change. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';
const NEW = { address: '192.0.2.201', port: 80, protocol: 'tcp', realServers: [{ address: HOST }] };
const PLAN = 'application/vnd.homeward.plan+json; charset=utf-8';
const NOBODY = '00000000-0000-4000-8000-000000000000';

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let shop: Created;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await director.follow();
  await agent.follow();
  // A silent one is waited for: plan-of-nodes.spec.ts.
  director.replying = () => ({ format: 1, refusal: { reason: 'NotInForce', message: 'It is not here.' } });
  shop = await api.createService({ address: VIP, realServers: [{ address: HOST }] });
  await agent.confirm();
  await director.confirm();
});

afterAll(async () => {
  for (const node of [director, agent]) node.leave();
  await api.close();
});

const path = () => `/v1/virtual-services/${shop.id}`;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

/** Which are no writes: one asks directors, and one makes plans. */
const ASKS = ['planWrites', 'probeVirtualService'];

it('is there for every write of the document', async () => {
  const { body } = await api.send('get', '/openapi.json', null).expect(200);
  const paths = Object.entries((body as { paths: Record<string, Record<string, Operation>> }).paths);
  const writes = paths.flatMap(([at, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      method === 'get' || !at.startsWith('/v1/') ? [] : [operation],
    ),
  );
  const without = writes.filter(({ parameters = [] }) => parameters.every(({ name }) => name !== 'dryRun'));
  expect(without.map(({ operationId }) => operationId).sort()).toEqual(ASKS);
  for (const { operationId, responses } of writes.filter((each) => !without.includes(each))) {
    expect(Object.keys(responses['200']?.content ?? {}), operationId).toContain(PLAN.split(';')[0]);
  }
});

describe('the plan', () => {
  it('tells objects and documents before and after, in a media type of its own', async () => {
    const answer = await api.post('/v1/virtual-services?dryRun=true', NEW).expect(200);
    expect(answer.headers['content-type']).toBe(PLAN);
    expect(answer.headers['etag']).toBeUndefined();
    const [service, server] = ['1', '2'].map((end) => `00000000-0000-8000-8000-00000000000${end}`);
    expect(answer.body).toMatchObject({
      allowed: true,
      violations: [],
      approval: null,
      changes: [
        { action: 'create', objectType: 'virtual-service', objectId: service, before: null },
        {
          action: 'create',
          objectType: 'real-server',
          objectId: server,
          after: { virtualServiceId: service },
        },
      ],
      documents: [{ to: 'agent', nodeId: agent.id, key: NEW.address, before: null, after: { kind: 'vip' } }],
    });
    const change = await api.patch(`${path()}?dryRun=true`, { port: 81 }).expect(200);
    expect(change.body.documents).toMatchObject([
      { to: 'directors', nodeId: null, key: shop.id, before: { port: 80 }, after: null },
      { to: 'agent', nodeId: agent.id, key: VIP, after: { services: [{ port: 81 }] } },
    ]);
  });

  it('has all broken rules, where the write would have been refused with them', async () => {
    const broken = { ...NEW, address: VIP, realServers: [{ address: HOST, port: 81 }] };
    const { body: plan } = await api.post('/v1/virtual-services?dryRun=true', broken).expect(200);
    const { body: problem } = await api.post('/v1/virtual-services', broken);
    expect(plan).toMatchObject({ allowed: false, approval: null, documents: [] });
    expect(plan.violations).toEqual(problem.errors);
    expect(plan.violations).toHaveLength(2);
    const taken = { name: 'lb-1', role: 'agent', addresses: ['192.0.2.99'] };
    const { body: node } = await api.post('/v1/nodes?dryRun=true', taken).expect(200);
    expect(node).toMatchObject({ allowed: false, violations: [{ code: 'node-exists', field: '' }] });
  });

  it('names the approval that the write would ask for, and whether it is given', async () => {
    const server = `${path()}/real-servers/${shop.realServers[0]?.id}`;
    const { body: plan } = await api.delete(`${server}?dryRun=true`).expect(200);
    const refused = await api.delete(server).expect(409);
    const { approve } = refused.body.plan;
    expect(plan).toMatchObject({ allowed: false, approval: { ...refused.body.plan, given: false } });
    const given = await api.delete(`${server}?dryRun=true&approve=${approve}`).expect(200);
    expect(given.body).toMatchObject({
      allowed: true,
      digest: plan.digest,
      approval: { approve, given: true },
    });
  });

  it('is refused for what cannot be read, is not there, or has moved on', async () => {
    await api.patch(`${path()}?dryRun=true`, { port: 'x' }).expect(400);
    await api.patch(`/v1/virtual-services/${NOBODY}?dryRun=true`, {}).expect(404);
    await api.patch(`${path()}?dryRun=true`, {}).set('If-Match', '"1"').expect(412);
    for (const value of ['', 'yes', 'true&dryRun=true']) {
      const answer = await api.patch(`${path()}?dryRun=${value}`, { name: 'never' }).expect(400);
      expect(answer.body.errors).toMatchObject([{ code: 'parameter-invalid', field: 'dryRun' }]);
    }
    await api.get(`${path()}?dryRun=true`).expect(400);
    expect((await api.get(path())).body).toMatchObject({ name: '' });
  });

  it('is made at once, kept for nobody, and takes no key', async () => {
    const began = Date.now();
    const ask = () => api.patch(`${path()}?dryRun=true`, { port: 81 }).set('Idempotency-Key', 'key');
    const answer = await ask().set('Prefer', 'wait=30').expect(200);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(answer.headers).not.toHaveProperty('preference-applied');
    expect((await ask().expect(200)).headers).not.toHaveProperty('idempotency-replayed');
    await api.patch(path(), { description: 'x' }).set('Idempotency-Key', 'key').expect(200);
    await ask().expect(200);
  });

  it('of two services that swap their places is allowed, and comes true', async () => {
    const other = await api.createService({ address: '192.0.2.211', port: 443, realServers: [] });
    const swap = {
      patch: [
        { id: shop.id, address: '192.0.2.211', port: 443 },
        { id: other.id, address: VIP, port: 80 },
      ],
    };
    const bulk = '/v1/virtual-services/bulk';
    const { body: plan } = await api.post(`${bulk}?dryRun=true`, swap).expect(200);
    expect(plan).toMatchObject({ allowed: true, violations: [] });
    await api.post(bulk, swap).expect(200);
    await api.insist(`/v1/virtual-services/${other.id}`);
    await api.patch(path(), { address: VIP, port: 80 }).expect(200);
  });

  it('says that nothing would be done where nothing would', async () => {
    const { body } = await api.patch(`${path()}?dryRun=true`, { port: 80 }).expect(200);
    expect(body).toMatchObject({ allowed: true, changes: [], documents: [] });
    await api.patch(`${path()}?dryRun=false`, { description: 'y' }).expect(200);
    expect((await api.get(path())).body).toMatchObject({ description: 'y' });
  });
});

describe('the digest', () => {
  const digestOf = async (body: object): Promise<string> =>
    (await api.patch(`${path()}?dryRun=true`, body).expect(200)).body.digest as string;
  const digestOfNew = async (): Promise<string> =>
    (await api.post('/v1/virtual-services?dryRun=true', NEW)).body.digest as string;

  it('is that of the change alone: others, refusals and reports do not move it', async () => {
    const before = [await digestOf({ port: 81 }), await digestOfNew()];
    const other = await api.createService({ address: '192.0.2.210', realServers: [{ address: HOST }] });
    await api.post('/v1/virtual-services', { ...NEW, address: VIP }).expect(409);
    await agent.confirm();
    expect([await digestOf({ port: 81 }), await digestOfNew()]).toEqual(before);
    await api.insist(`/v1/virtual-services/${other.id}`);
  });

  it('is another one for another change, and once the object has changed', async () => {
    const before = await digestOf({ port: 81 });
    expect(await digestOf({ port: 82 })).not.toBe(before);
    await api.patch(path(), { name: 'shop' }).expect(200);
    expect(await digestOf({ port: 81 })).not.toBe(before);
  });
});

describe('writes that are planned together', () => {
  const together = (...changes: object[]) => api.post('/v1/plans', { changes });
  const make = { method: 'POST', path: '/v1/virtual-services', body: NEW };
  const MADE = '/v1/virtual-services/00000000-0000-8000-8000-000000000001';

  it('find what those before them would leave, and are one change', async () => {
    const { body } = await together(
      make,
      { method: 'PATCH', path: MADE, body: { name: 'web' } },
      { method: 'POST', path: `${MADE}/real-servers`, body: { address: '192.0.2.12' } },
      { method: 'DELETE', path: path() },
      { method: 'POST', path: '/v1/virtual-services', body: { ...NEW, address: VIP, realServers: [] } },
    ).expect(200);
    expect(body).toMatchObject({ allowed: true, violations: [] });
    expect(
      body.changes.map((each: { action: string; objectType: string }) => `${each.action} ${each.objectType}`),
    ).toEqual([
      'create virtual-service',
      'create real-server',
      'create real-server',
      'delete virtual-service',
      'delete real-server',
      'create virtual-service',
    ]);
    expect(body.changes[0].after).toMatchObject({ name: 'web' });
    expect((await together(make).expect(200)).body).toEqual(
      (await api.post('/v1/virtual-services?dryRun=true', NEW)).body,
    );
  });

  it('that take each other back change nothing', async () => {
    const { body } = await together(make, { method: 'DELETE', path: MADE }).expect(200);
    expect(body).toMatchObject({ allowed: true, changes: [], documents: [] });
  });

  it('have their broken rules by their places', async () => {
    const { body } = await together(
      make,
      {
        method: 'POST',
        path: '/v1/virtual-services',
        body: { ...NEW, realServers: [{ address: HOST, port: 7 }] },
      },
      { method: 'PATCH', path: `/v1/virtual-services/${NOBODY}`, body: {} },
      { method: 'PATCH', path: path(), body: {}, ifMatch: '"1"' },
    ).expect(200);
    const said = body.violations.map((each: { code: string; field: string }) => `${each.code} ${each.field}`);
    expect(body.allowed).toBe(false);
    expect(said.sort()).toEqual([
      'direct-return-keeps-the-port /changes/1/body/realServers/0/port',
      'not-found /changes/2',
      'precondition-failed /changes/3',
      'virtual-service-overlaps /changes/0/body/port',
      'virtual-service-overlaps /changes/1/body/port',
    ]);
  });

  it('are refused where they cannot be read, or are no writes of services', async () => {
    const { body } = await together(
      { ...make, body: { ...NEW, port: 'x', wrong: 1 } },
      { method: 'POST', path: '/v1/nodes', body: { name: 'n', role: 'agent', addresses: ['192.0.2.98'] } },
      { method: 'POST', path: '/v1/plans', body: { changes: [] } },
      { method: 'POST', path: `${path()}/probe` },
      { method: 'PUT', path: '/v1/nowhere' },
    ).expect(400);
    const said = body.errors.map((each: { code: string; field: string }) => `${each.code} ${each.field}`);
    expect(said.sort()).toEqual([
      'field-invalid /changes/0/body/port',
      'not-plannable /changes/1',
      'not-plannable /changes/2',
      'not-plannable /changes/3',
      'unknown-field /changes/0/body/wrong',
    ]);
    await together({ method: 'GET', path: '/v1/nodes' }).expect(400);
    await together({ method: 'POST', path: '/node/v1/join', body: {} }).expect(400);
  });

  it('may be a thousand, of one request or of many', async () => {
    const bodies = Array.from({ length: 1_000 }, (_, index) => ({
      ...NEW,
      address: `198.51.${100 + (index >> 8)}.${index & 255}`,
    }));
    const bulk = await api.post('/v1/virtual-services/bulk?dryRun=true', { create: bodies }).expect(200);
    const many = await together(...bodies.map((body) => ({ ...make, body }))).expect(200);
    expect(many.body).toEqual(bulk.body);
    expect(many.body).toMatchObject({ allowed: true, violations: [] });
    expect(many.body.documents).toHaveLength(1_000);
  });
});
