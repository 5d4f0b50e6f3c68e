/** The whole story of every resource through a typed client that is made of the OpenAPI document. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';
import { answered, noting, typedApi, type Schemas, type TypedClient } from './typed-api.js';

let api: ApiUnderTest;
let client: TypedClient;
let service: Schemas['VirtualServiceView'];
const worked = new Set<string>();

beforeAll(async () => {
  api = await ApiUnderTest.start();
  client = noting(typedApi(api), worked);
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
  const script = await client.GET('/install.sh', { parseAs: 'text' });
  expect(script.data).toMatch(/^#!\/bin\/sh/);
  expect((await client.GET('/install.ps1', { parseAs: 'text' })).data).toContain('join');
  const sums = { params: { path: { file: 'SHA256SUMS' } }, parseAs: 'text' } as const;
  expect(answered(await client.GET('/install/{file}', sums))).toMatch(/^[0-9a-f]{64} {2}/m);
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

it('sets up and vouches for a host without an agent', async () => {
  const body = { address: '192.0.2.19', managed: false };
  const path = { id: service.id };
  const { id } = answered(
    await client.POST('/v1/virtual-services/{id}/real-servers', { params: { path }, body }),
  );
  const one = { path: { ...path, realServerId: id } };
  const server = '/v1/virtual-services/{id}/real-servers/{realServerId}';
  const params = { ...one, query: { os: 'linux' as const } };
  expect(answered(await client.GET(`${server}/setup`, { params, parseAs: 'text' }))).toContain('192.0.2.200');
  const attested = answered(await client.PUT(`${server}/attestation`, { params: one }));
  expect(attested.attestation?.actor).toMatch(/\S/);
  const { response } = await client.DELETE(`${server}/attestation`, { params: one });
  expect(response.status).toBe(204);
  await client.DELETE(server, { params: one });
});

it('asks a director', async () => {
  const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  await director.follow();
  const tells = (told: object) => (director.replying = () => ({ format: 1, told }));
  const path = { id: service.id };
  const probe = { kind: 'owners', held: true, answers: [{ mac: '02:00:00:00:00:b1', fellow: false }] };
  tells(probe);
  const probed = answered(await client.POST('/v1/virtual-services/{id}/probe', { params: { path } }));
  expect(probed.directors[0]?.probe?.held).toBe(true);
  const none = { packets: 0, bytes: 0, packetsPerSecond: 0, bytesPerSecond: 0, flows: 0 };
  tells({ kind: 'stats', overMs: 1_000, flowsComplete: true, service: none, servers: [] });
  const stats = answered(await client.GET('/v1/virtual-services/{id}/stats', { params: { path } }));
  expect(stats.service).toEqual(none);
  tells({ kind: 'flows', flows: [], total: 0, complete: true });
  const flows = answered(await client.GET('/v1/virtual-services/{id}/flows', { params: { path } }));
  expect(flows.items).toEqual([]);
  const slot = { reason: 'slot', server: null, address: null, slot: 1, expiresInMs: null };
  tells({ kind: 'route', ...slot });
  const query = { source: '198.51.100.10', sourcePort: 4711 };
  const route = await client.GET('/v1/virtual-services/{id}/route', { params: { path, query } });
  expect(answered(route).directors).toHaveLength(1);
  director.leave();
  await client.DELETE('/v1/nodes/{id}', { params: { path: { id: director.id }, query: { force: true } } });
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
  const since = { path: { number: newest - 1 } };
  const difference = answered(await client.GET('/v1/revisions/{number}/difference', { params: since }));
  expect(difference.items.map(({ objectId }) => objectId)).toEqual([service.id]);
  const made = { path: { number: newest } };
  const progress = answered(await client.GET('/v1/revisions/{number}/progress', { params: made }));
  expect(progress.services.total).toBe(1);
  expect(answered(await client.GET('/healthz')).status).toBe('ok');
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

it('has had a success of every operation', () => {
  const none = api
    .routes()
    .filter((route) => !/ (\/node\/|\/openapi.json$)/.test(route) && !worked.has(route));
  expect(none).toEqual([]);
});
