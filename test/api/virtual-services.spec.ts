/** The manners of the REST API: create, read, patch and delete, lists and filters. */
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';

const SERVICES = '/v1/virtual-services';
const DEFAULTS = {
  name: '',
  description: '',
  endPort: null,
  forceL4: true,
  enabled: true,
  scheduler: 'maglev',
  persistence: null,
  flowAffinity: true,
  healthCheck: { type: 'none' },
  drainSeconds: 300,
  slowStartSeconds: 0,
  minHealthy: 1,
  tags: {},
  realServers: [],
};

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

async function lastRevision(): Promise<number> {
  const { body } = await api.get('/v1/revisions?limit=1');
  return body.items[0]?.number ?? 0;
}

/** The revision that an entity tag begins with. */
function revisionIn({ headers }: Response): number {
  return Number(/^"(\d+)-[0-9a-f]{32}"$/.exec(headers['etag'] ?? '')?.[1]);
}

describe('a virtual service', () => {
  it('is made from what is needed, and has defaults for the rest', async () => {
    const answer = await api.post(SERVICES, { address: '192.0.2.1', port: 80, protocol: 'tcp' });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ ...DEFAULTS, address: '192.0.2.1', port: 80, protocol: 'tcp' });
    expect(answer.headers['location']).toBe(`${SERVICES}/${answer.body.id}`);
    expect(revisionIn(answer)).toBe(answer.body.revision);
    expect(Date.parse(answer.body.createdAt)).toBeLessThanOrEqual(Date.now());
    const read = await api.get(answer.headers['location'] ?? '').expect(200);
    expect(read.body).toEqual(answer.body);
    expect(read.headers['etag']).toBe(answer.headers['etag']);
  });

  it('is made with its servers in one call, and is one revision', async () => {
    const before = await lastRevision();
    const { body } = await api
      .post(SERVICES, {
        name: 'shop 🛒',
        description: 'two\nlines',
        address: '2001:DB8:0::2',
        port: 443,
        endPort: 445,
        protocol: 'udp',
        scheduler: 'source-hash',
        enabled: false,
        drainSeconds: 0,
        tags: { env: 'prod', 'team/x': '' },
        realServers: [{ address: '2001:db8::11' }, { address: '2001:0db8::0012', weight: 0, enabled: false }],
      })
      .expect(201);
    expect(body).toMatchObject({
      name: 'shop 🛒',
      address: '2001:db8::2',
      endPort: 445,
      tags: { 'team/x': '' },
    });
    expect(body.realServers).toMatchObject([
      { address: '2001:db8::11', port: 443, weight: 1000, forwardingMethod: 'direct-return', enabled: true },
      { address: '2001:db8::12', port: 443, weight: 0, enabled: false },
    ]);
    expect(body.status).toMatchObject({ operating: 'disabled', observedRevision: null });
    expect(body.revision).toBe(before + 1);
    for (const server of body.realServers) expect(server.revision).toBe(body.revision);
  });

  it('may have an empty list of servers', async () => {
    const made = await api.createService({ address: '192.0.2.3', realServers: [] });
    expect(made.realServers).toEqual([]);
  });

  it('is gone after it was deleted, once, with its servers', async () => {
    const made = await api.createService({ address: '192.0.2.4', realServers: [{ address: '192.0.2.11' }] });
    const path = `${SERVICES}/${made.id}`;
    const gone = await api.delete(path).expect(204);
    expect(gone.text).toBe('');
    for (const answer of [
      await api.delete(path),
      await api.get(path),
      await api.patch(path, { name: 'x' }),
      await api.get(`${path}/real-servers`),
      await api.get(`${path}/real-servers/${made.realServers[0]?.id ?? ''}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    }
    await api.createService({ address: '192.0.2.4' });
  });

  it('shows where it is known under its id in upper case as well', async () => {
    const { id } = await api.createService({ address: '192.0.2.5' });
    expect((await api.get(`${SERVICES}/${id.toUpperCase()}`)).body.id).toBe(id);
  });
});

describe('a patch', () => {
  it('changes what it names, merges what is nested, and brings back the default where it says null', async () => {
    const { id } = await api.createService({
      address: '192.0.2.20',
      name: 'old',
      endPort: 90,
      scheduler: 'source-hash',
      drainSeconds: 5,
      tags: { env: 'prod', team: 'web' },
    });
    const path = `${SERVICES}/${id}`;
    const { body } = await api
      .patch(path, { name: 'new', tags: { env: 'test', team: null, tier: '1' } })
      .expect(200);
    expect(body).toMatchObject({
      name: 'new',
      endPort: 90,
      drainSeconds: 5,
      tags: { env: 'test', tier: '1' },
    });
    expect(body.tags).not.toHaveProperty('team');

    const nulls = { name: null, endPort: null, scheduler: null, drainSeconds: null, tags: null };
    expect((await api.patch(path, nulls).expect(200)).body).toMatchObject(DEFAULTS);
  });

  it('may come as application/json', async () => {
    const { id } = await api.createService({ address: '192.0.2.21' });
    const answer = await api.send('patch', `${SERVICES}/${id}`).send({ name: 'json' });
    expect([answer.status, answer.body.name]).toEqual([200, 'json']);
  });

  it('that changes nothing takes no revision', async () => {
    const made = await api.createService({
      address: '192.0.2.22',
      tags: { a: 'b' },
      realServers: [{ address: '192.0.2.11', port: 80 }],
    });
    const path = `${SERVICES}/${made.id}`;
    const server = `${path}/real-servers/${made.realServers[0]?.id ?? ''}`;
    const before = [await lastRevision(), await api.contents()];
    for (const same of [
      {},
      { port: 80 },
      { tags: {} },
      { tags: { a: 'b' } },
      { endPort: null },
      { healthCheck: { type: 'none' } },
    ]) {
      const answer = await api.patch(path, same).expect(200);
      expect(revisionIn(answer)).toBe(made.revision);
    }
    await api.patch(server, { weight: 1000, port: 80 }).expect(200);
    expect([await lastRevision(), await api.contents()]).toEqual(before);
    await api.patch(server, { weight: 999 }).expect(200);
    expect(await lastRevision(), 'the control').toBe(made.revision + 1);
  });

  it('of a server is a revision of its service', async () => {
    const made = await api.createService({ address: '192.0.2.23', realServers: [{ address: '192.0.2.11' }] });
    const path = `${SERVICES}/${made.id}/real-servers/${made.realServers[0]?.id ?? ''}`;
    const answer = await api.patch(path, { weight: 5, enabled: false }).expect(200);
    expect(answer.body).toMatchObject({ weight: 5, enabled: false, revision: made.revision + 1 });
    expect(revisionIn(answer)).toBe(made.revision + 1);
    expect(revisionIn(await api.get(`${SERVICES}/${made.id}`))).toBe(made.revision + 1);
    const back = await api.patch(path, { weight: null, enabled: null }).expect(200);
    expect(back.body).toMatchObject({ weight: 1000, enabled: true });
  });
});

describe('the real servers of a service', () => {
  it('are added, listed in pages, read and removed one by one', async () => {
    const { id } = await api.createService({ address: '192.0.2.40' });
    const path = `${SERVICES}/${id}/real-servers`;
    expect((await api.get(path)).body).toEqual({ items: [], nextCursor: null });
    const ids: string[] = [];
    for (const last of [41, 42, 43]) {
      const made = await api.post(path, { address: `192.0.2.${last}`, weight: last }).expect(201);
      expect(made.headers['location']).toBe(`${path}/${made.body.id}`);
      expect((await api.get(made.headers['location'] ?? '')).body).toEqual(made.body);
      ids.push(made.body.id);
    }
    const first = await api.get(`${path}?limit=2&total=true`);
    expect(first.body.items.map((each: { id: string }) => each.id)).toEqual(ids.slice(0, 2));
    expect(first.body.total).toBe(3);
    const second = await api.get(`${path}?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body.items.map((each: { id: string }) => each.id)).toEqual(ids.slice(2));
    expect(second.body.nextCursor).toBeNull();
    await api.delete(`${path}/${ids[0]}`).expect(204);
    expect((await api.delete(`${path}/${ids[0]}`)).status).toBe(404);
    expect((await api.get(path)).body.items).toHaveLength(2);
  });
});

describe('a list', () => {
  beforeAll(async () => {
    await api.query('DELETE FROM virtual_service');
    for (let index = 0; index < 7; index++) {
      await api.createService({
        name: index % 2 === 0 ? 'even' : 'odd',
        address: `198.51.100.${index}`,
        port: 100 * (index + 1),
        ...(index === 3 && { endPort: 499 }),
        protocol: index < 5 ? 'tcp' : 'udp',
      });
    }
  });

  const addresses = (body: { items: { address: string }[] }) =>
    body.items.map(({ address }) => address.slice(11));

  it('comes in pages that neither repeat nor hide anything while others insert and delete', async () => {
    const seen: string[] = [];
    let path: string | null = `${SERVICES}?limit=2`;
    let page = 0;
    while (path !== null) {
      const answer: Response = await api.get(path).expect(200);
      seen.push(...addresses(answer.body));
      const link: string | undefined = answer.headers['link'];
      expect(link === undefined).toBe(answer.body.nextCursor === null);
      path = /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1] ?? null;
      page += 1;
      if (page === 2) {
        await api.createService({ address: '198.51.100.90' });
        const [first] = (await api.get(`${SERVICES}?limit=1`)).body.items;
        await api.delete(`${SERVICES}/${first.id}`).expect(204);
      }
    }
    expect(seen).toEqual(['0', '1', '2', '3', '4', '5', '6', '90']);
    expect((await api.get(`${SERVICES}?address=198.51.100.90`)).body.items).toHaveLength(1);
  });

  it('tells its total when it is asked to, of all pages and of what the filters leave', async () => {
    expect((await api.get(`${SERVICES}?limit=1`)).body).not.toHaveProperty('total');
    expect((await api.get(`${SERVICES}?limit=1&total=true`)).body.total).toBe(7);
    expect((await api.get(`${SERVICES}?limit=1&total=true&name=odd`)).body.total).toBe(3);
  });

  it.each([
    ['name=odd', ['1', '3', '5']],
    ['name=nobody', []],
    ['address=198.51.100.2', ['2']],
    ['protocol=udp', ['5', '6']],
    ['servesPort=450', ['3']],
    ['port=450', []],
    ['servesPort=500', ['4']],
    ['protocol=tcp&name=even', ['2', '4']],
  ])('can be filtered by %s', async (query, expected) => {
    expect(addresses((await api.get(`${SERVICES}?${query}`).expect(200)).body)).toEqual(expected);
  });

  it('keeps its filter from page to page', async () => {
    const first = await api.get(`${SERVICES}?name=odd&limit=2`).expect(200);
    const next = /<([^>]+)>/.exec(first.headers['link'] ?? '')?.[1] ?? '';
    expect(next).toContain('name=odd');
    expect(addresses((await api.get(next)).body)).toEqual(['5']);
  });

  it('of nodes is sorted by name, and filtered by role', async () => {
    for (const [name, role] of [
      ['b', 'agent'],
      ['c', 'director'],
      ['a', 'agent'],
    ] as const) {
      await api.post('/v1/nodes', { name, role, addresses: [`203.0.113.${name.charCodeAt(0)}`] }).expect(201);
    }
    const names = async (query: string) =>
      (await api.get(`/v1/nodes?${query}`)).body.items.map((each: { name: string }) => each.name);
    expect(await names('')).toEqual(['a', 'b', 'c']);
    expect(await names('role=agent')).toEqual(['a', 'b']);
    const { body } = await api.get('/v1/nodes?limit=2&total=true');
    expect(body.total).toBe(3);
    expect(await names(`limit=2&cursor=${body.nextCursor}`)).toEqual(['c']);
    expect(body.items[0]).toMatchObject({ state: 'waiting-to-join', revisionInForce: null });
  });
});
