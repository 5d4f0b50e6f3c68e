/** The whole story of every resource through a typed client that is made of the OpenAPI document. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { answered, typedApi, type Schemas, type TypedClient } from './typed-api.js';

let api: ApiUnderTest;
let client: TypedClient;
let service: Schemas['VirtualServiceView'];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  client = typedApi(api);
});

afterAll(() => api.close());

it('makes a node known, and renews its token', async () => {
  const body = { name: 'web-1', role: 'agent' as const, addresses: ['192.0.2.11'] };
  const node = answered(await client.POST('/v1/nodes', { body }));
  expect(node.joinToken).toMatch(/^hwj_/);
  expect(node.addresses).toEqual(['192.0.2.11']);
  const params = { path: { id: node.id } };
  const renewed = answered(await client.POST('/v1/nodes/{id}/join-token', { params }));
  expect(renewed.joinToken).not.toBe(node.joinToken);
  const read = answered(await client.GET('/v1/nodes/{id}', { params }));
  expect(read.state).toBe('waiting-to-join');
  const page = answered(await client.GET('/v1/nodes', { params: { query: { role: ['agent'] } } }));
  expect(page.items.map(({ name }) => name)).toEqual(['web-1']);
  await client.DELETE('/v1/nodes/{id}', { params });
});

it('creates, finds, changes and reads a virtual service', async () => {
  service = answered(
    await client.POST('/v1/virtual-services', {
      body: {
        name: 'shop',
        address: '192.0.2.200',
        port: 80,
        protocol: 'tcp',
        realServers: [{ address: '192.0.2.11' }],
      },
    }),
  );
  const params = { path: { id: service.id } };
  const query = { name: ['prefix:sh'], 'realServers.address': ['192.0.2.11'], total: true, limit: 10 };
  const page = answered(await client.GET('/v1/virtual-services', { params: { query } }));
  expect(page).toMatchObject({ total: 1, nextCursor: null, items: [{ id: service.id }] });
  const patched = answered(
    await client.PATCH('/v1/virtual-services/{id}', {
      params,
      body: { drainSeconds: null, tags: { env: 'prod' } },
    }),
  );
  expect(patched.drainSeconds).toBe(300);
  const read = answered(await client.GET('/v1/virtual-services/{id}', { params }));
  expect(read.tags['env']).toBe('prod');
  const tree = answered(await client.GET('/v1/virtual-services/{id}/status', { params }));
  expect(tree.revision).toBe(read.revision);
});

it('attaches, changes, replaces, diagnoses and detaches real servers', async () => {
  const path = { id: service.id };
  const servers = '/v1/virtual-services/{id}/real-servers';
  const second = answered(await client.POST(servers, { params: { path }, body: { address: '192.0.2.12' } }));
  const one = { path: { ...path, realServerId: second.id } };
  const item = '/v1/virtual-services/{id}/real-servers/{realServerId}';
  expect(answered(await client.PATCH(item, { params: one, body: { weight: 500 } })).weight).toBe(500);
  expect(answered(await client.GET(item, { params: one })).address).toBe('192.0.2.12');
  expect(answered(await client.GET(`${item}/diagnosis`, { params: one })).findings.length).toBeGreaterThan(0);
  const set = answered(
    await client.PUT(servers, {
      params: { path },
      body: { realServers: [{ address: '192.0.2.12' }, { address: '192.0.2.13' }] },
    }),
  );
  expect(set.items.map(({ address }) => address)).toEqual(['192.0.2.12', '192.0.2.13']);
  const gone = await client.DELETE(item, { params: one });
  expect(gone.response.status).toBe(204);
  expect(answered(await client.GET(servers, { params: { path } })).items).toHaveLength(1);
});

it('does many things at once', async () => {
  const body = { create: [{ address: '192.0.2.14' }, { address: '192.0.2.15' }] };
  const params = { path: { id: service.id } };
  const servers = answered(
    await client.POST('/v1/virtual-services/{id}/real-servers/bulk', { params, body }),
  );
  expect(servers.created).toHaveLength(2);
  const { revision } = answered(await client.GET('/v1/virtual-services/{id}', { params }));
  const services = answered(
    await client.POST('/v1/virtual-services/bulk', {
      body: { patch: [{ id: service.id, revision, minHealthy: 2 }] },
    }),
  );
  expect(services.patched[0]?.minHealthy).toBe(2);
});

it('reads what a director would do, who changed what, and how the process is', async () => {
  const capabilities = answered(await client.GET('/v1/capabilities'));
  expect(capabilities.schedulers).toContain('maglev');
  const revisions = answered(await client.GET('/v1/revisions', { params: { query: { limit: 1 } } }));
  const newest = revisions.items[0]?.number ?? 0;
  const revision = answered(
    await client.GET('/v1/revisions/{number}', { params: { path: { number: newest } } }),
  );
  expect(revision.changes.length).toBeGreaterThan(0);
  expect(answered(await client.GET('/readyz')).status).toBe('ok');
  expect(answered(await client.GET('/metrics', { parseAs: 'text' }))).toContain('homeward_');
});

it('plans, exports, applies, rolls back, and reads what happened', async () => {
  const path = `/v1/virtual-services/${service.id}`;
  const planned = await client.POST('/v1/plans', {
    body: { changes: [{ method: 'PATCH', path, body: { drainSeconds: 7 } }] },
  });
  expect(planned.data?.changes[0]?.action).toBe('update');
  const { virtualServices } = answered(await client.GET('/v1/configuration'));
  const body = { virtualServices: virtualServices.map((each) => ({ ...each, drainSeconds: 7 })) };
  const applied = answered(await client.PUT('/v1/configuration', { body }));
  expect(applied.changes.map(({ action, id }) => [action, id])).toEqual([['update', service.id]]);
  const params = { path: { number: (applied.revision ?? 0) - 1 } };
  const back = answered(await client.POST('/v1/revisions/{number}/rollback', { params, body: {} }));
  expect(back.revision).toBe((applied.revision ?? 0) + 1);
  expect(answered(await client.GET('/v1/configuration')).virtualServices).toEqual(virtualServices);
  const query = { type: ['virtual-service.updated'], limit: 1 };
  await vi.waitFor(async () => {
    const page = answered(await client.GET('/v1/events', { params: { query } }));
    // As a stream it would be text.
    expect(typeof page === 'string' ? page : page.items[0]?.data.revision).toBe(back.revision);
  }, 10_000);
});

it('tells a constraint by its code, and deletes', async () => {
  const params = { path: { id: service.id } };
  const { error } = await client.POST('/v1/virtual-services/{id}/real-servers', {
    params,
    body: { address: '192.0.2.16', port: 8080 },
  });
  expect(error?.code).toBe('direct-return-keeps-the-port');
  const { response } = await client.DELETE('/v1/virtual-services/{id}', { params });
  expect(response.status).toBe(204);
});
