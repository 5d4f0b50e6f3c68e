/** Who changed what, when, under which ticket: every accepted change, and no other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';

let api: ApiUnderTest;
let id: string;
let serverId: string;
let nodeId: string;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const made = await api
    .post('/v1/virtual-services', {
      name: 'shop',
      address: '192.0.2.200',
      port: 80,
      protocol: 'tcp',
      realServers: [{ address: '192.0.2.11' }],
    })
    .set('X-Change-Ticket', 'CHG-1')
    .set('X-Request-Id', 'request-1')
    .expect(201);
  id = made.body.id;
  serverId = made.body.realServers[0].id;
  const path = `/v1/virtual-services/${id}`;
  await api.patch(path, { name: 'store' }).set('X-Change-Ticket', 'CHG-2').expect(200);
  await api.patch(`${path}/real-servers/${serverId}`, { weight: 5 }).expect(200);
  await api.patch(path, { forceL4: false }).set('X-Change-Ticket', 'CHG-3').expect(422);
  await api.patch(path, { name: 'x' }).set('If-Match', '"0"').expect(412);
  const node = await api.post('/v1/nodes', { name: 'lb-1', role: 'director', addresses: ['192.0.2.2'] });
  nodeId = node.body.id;
  await api.delete(path).expect(204);
  await api.delete(`/v1/nodes/${nodeId}`).expect(204);
});

afterAll(() => api.close());

it('lists every accepted change, newest first, and none that was refused', async () => {
  const { body } = await api.get('/v1/revisions?total=true').expect(200);
  expect(body.items.map(({ number }: { number: number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
  expect(body.total).toBe(6);
  for (const revision of body.items) expect(revision).toMatchObject({ actor: 'admin', epoch: 1 });
});

it('tells who, when, by which request, under which ticket, before and after', async () => {
  const { body } = await api.get('/v1/revisions/1').expect(200);
  expect(body).toMatchObject({ number: 1, actor: 'admin', ticket: 'CHG-1', requestId: 'request-1' });
  expect(Math.abs(Date.now() - Date.parse(body.createdAt))).toBeLessThan(60_000);
  expect(body.changes).toMatchObject([
    {
      action: 'create',
      objectType: 'virtual-service',
      objectId: id,
      before: null,
      after: { name: 'shop', port: 80 },
    },
    {
      action: 'create',
      objectType: 'real-server',
      objectId: serverId,
      before: null,
      after: { address: '192.0.2.11', weight: 1000 },
    },
  ]);
});

it('names the objects that a change touched, and no others', async () => {
  const changes = async (number: number) => (await api.get(`/v1/revisions/${number}`)).body.changes;
  expect(await changes(2)).toMatchObject([
    { action: 'update', objectType: 'virtual-service', before: { name: 'shop' }, after: { name: 'store' } },
  ]);
  expect(await changes(3)).toMatchObject([
    { action: 'update', objectType: 'real-server', before: { weight: 1000 }, after: { weight: 5 } },
  ]);
  expect(await changes(4)).toMatchObject([
    { action: 'create', objectType: 'node', objectId: nodeId, before: null },
  ]);
  expect(await changes(5)).toMatchObject([
    { action: 'delete', objectType: 'virtual-service', before: { name: 'store' }, after: null },
    { action: 'delete', objectType: 'real-server', before: { weight: 5 }, after: null },
  ]);
  expect(await changes(6)).toMatchObject([
    { action: 'delete', objectType: 'node', before: { name: 'lb-1' }, after: null },
  ]);
  for (const number of [2, 3, 4, 5, 6]) expect(await changes(number)).toHaveLength(number === 5 ? 2 : 1);
});

it.each([
  ['ticket=CHG-2', [2]],
  ['ticket=CHG-3', []],
  ['objectId=:id', [5, 2, 1]],
  ['objectId=:server', [5, 3, 1]],
  ['objectId=:node', [6, 4]],
])('can be asked for %s', async (query, expected) => {
  const text = query.replace(':id', id).replace(':server', serverId).replace(':node', nodeId);
  const { body } = await api.get(`/v1/revisions?${text}`).expect(200);
  expect(body.items.map(({ number }: { number: number }) => number)).toEqual(expected);
});

it('comes in pages', async () => {
  const first = await api.get('/v1/revisions?limit=4');
  const rest = await api.get(`/v1/revisions?limit=4&cursor=${first.body.nextCursor}`);
  const numbers = [...first.body.items, ...rest.body.items].map(({ number }: { number: number }) => number);
  expect([numbers, rest.body.nextCursor]).toEqual([[6, 5, 4, 3, 2, 1], null]);
});

describe('a revision of very many changes', () => {
  let number: number;

  interface Changes {
    readonly changes: readonly { readonly objectId: string }[];
    readonly totalChanges: number;
    readonly nextCursor: string | null;
  }

  async function read(query = ''): Promise<Changes> {
    return (await api.get(`/v1/revisions/${number}${query}`).expect(200)).body;
  }

  const ids = ({ changes }: Pick<Changes, 'changes'>) => changes.map(({ objectId }) => objectId);

  beforeAll(async () => {
    const create = Array.from({ length: 105 }, (_, index) => ({
      address: `198.51.100.${index}`,
      port: 80,
      protocol: 'tcp',
      realServers: [{ address: '192.0.2.11' }],
    }));
    number = (await api.post('/v1/virtual-services/bulk', { create }).expect(200)).body.revision;
  });

  it('comes in pages, in one order, with how many there are', async () => {
    const first = await read();
    expect([first.changes.length, first.totalChanges]).toEqual([200, 210]);
    const rest = await read(`?cursor=${first.nextCursor}`);
    expect([rest.changes.length, rest.totalChanges, rest.nextCursor]).toEqual([10, 210, null]);
    const all = [...ids(first), ...ids(rest)];
    expect(new Set(all).size).toBe(210);
    const bySeventy: string[] = [];
    for (let cursor = ''; cursor !== 'null';) {
      const page = await read(`?limit=70${cursor === '' ? '' : `&cursor=${cursor}`}`);
      bySeventy.push(...ids(page));
      cursor = String(page.nextCursor);
    }
    expect(bySeventy).toEqual(all);
  });

  it('is listed with the first of them, and goes on by its number', async () => {
    const { items } = (await api.get('/v1/revisions?limit=1').expect(200)).body;
    expect(items).toEqual([await read()]);
    expect((await api.get('/v1/revisions/1')).body).toMatchObject({ totalChanges: 2, nextCursor: null });
  });

  it.each(['x', 'WyJ4Il0', 'Wy0xXQ', 'WzFlMzBd'])('has no page at %s', async (cursor) => {
    const { status, body } = await api.get(`/v1/revisions/${number}?cursor=${cursor}`);
    expect([status, body.code]).toEqual([400, 'cursor-invalid']);
  });

  it('lies between two revisions in pages of the same two, whatever is changed meanwhile', async () => {
    const path = `/v1/revisions/${number - 1}/difference?limit=150`;
    const first = (await api.get(path).expect(200)).body;
    await api.createService({ address: '203.0.113.1' });
    const rest = (await api.get(`${path}&cursor=${first.nextCursor}`).expect(200)).body;
    expect([first.to, rest.to, rest.nextCursor]).toEqual([number, number, null]);
    expect(first.items.length + rest.items.length).toBe(210);
    const other = await api.get(`${path}&to=${number + 1}&cursor=${first.nextCursor}`);
    expect([other.status, other.body.code]).toEqual([400, 'cursor-invalid']);
  });
});
