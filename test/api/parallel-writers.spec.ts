/** Many writers at once on two processes: one history without gaps, nothing lost, and documents that fit the intent. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileServices } from '../../src/api/delivery/publish/compile-services.js';
import { compileVips } from '../../src/api/delivery/publish/compile-vips.js';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../../src/contract/digest.js';
import type { DocumentBody } from '../../src/contract/documents.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const HOSTS = ['192.0.2.11', '192.0.2.12', '192.0.2.13'];
const WRITERS = 8;
const ROUNDS = 6;

let api: ApiUnderTest;
let another: ApiUnderTest;
let director: TestNode;
let agents: TestNode[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  another = await api.another();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agents = await Promise.all(HOSTS.map((host) => TestNode.join(api, 'agent', `web-${host}`, [host])));
  await director.follow();
  for (const agent of agents) await agent.follow(another);
});

afterAll(async () => {
  for (const node of [director, ...agents]) node.leave();
  await another.close();
  await api.close();
});

/** What one writer does, on both processes in turn: a service comes, grows, changes, shrinks, and every third goes. */
async function write(writer: number): Promise<string[]> {
  const kept: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [here, there] = (writer + round) % 2 === 0 ? [api, another] : [another, api];
    const address = `192.0.2.${200 + (writer % 3)}`;
    const { id } = await here.createService({
      address,
      port: 1_000 * writer + round + 1,
      drainSeconds: round % 2,
      realServers: HOSTS.slice(0, 2).map((host) => ({ address: host })),
    });
    const path = `/v1/virtual-services/${id}`;
    const added = await there.post(`${path}/real-servers`, { address: HOSTS[2] }).expect(201);
    // Perhaps it is the only one yet that was let in, and loses its weight.
    await here.insist(`${path}/real-servers/${added.body.id}`, { weight: round });
    if (round % 3 === 0) await there.patch(path, { enabled: false }).expect(200);
    if (round % 3 === 1) await there.delete(path).expect(204);
    else kept.push(id);
  }
  return kept;
}

async function reportUntil(done: Promise<unknown>): Promise<void> {
  let over = false;
  const end = () => (over = true);
  void done.then(end, end);
  while (!over) for (const node of [director, ...agents]) await node.confirm();
}

it('keeps one order, and loses nothing', async () => {
  const work = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer + 1)));
  const [kept] = await Promise.all([work, reportUntil(work)]);

  const revisions = await api.query<{ number: number }>(
    'SELECT number::int AS number FROM revision ORDER BY number',
  );
  const [{ revision, version } = { revision: 0, version: 0 }] = await api.query<{
    revision: number;
    version: number;
  }>('SELECT revision::int AS revision, version::int AS version FROM cluster');
  expect(revisions.map(({ number }) => number)).toEqual(
    Array.from({ length: revision }, (_, index) => index + 1),
  );
  expect(
    await api.query(
      'SELECT number FROM revision WHERE NOT EXISTS (SELECT 1 FROM audit_entry WHERE revision = number)',
    ),
  ).toEqual([]);

  const ids = (await api.query<{ id: string }>('SELECT id FROM virtual_service ORDER BY id')).map(
    ({ id }) => id,
  );
  expect(ids).toEqual(kept.flat().sort());
  for (const node of [director, ...agents]) {
    await node.caughtUp();
    const versions = node.messages.map((message) => message.version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(Math.max(...versions)).toBeLessThanOrEqual(version);
    expect(node.heldDigest()).toBe(node.messages.at(-1)?.digest);
  }
});

it('ends with the documents that a fresh compile of everything makes', async () => {
  const vips = ['192.0.2.200', '192.0.2.201', '192.0.2.202'];
  const pairs = vips.flatMap((vip) => HOSTS.map((host) => ({ vip, host })));
  const fresh = await api.dataSource.transaction(async (manager) => {
    const rows: { id: string }[] = await manager.query('SELECT id FROM virtual_service');
    const services = await compileServices(
      manager,
      rows.map(({ id }) => id),
    );
    return [...services, ...(await compileVips(manager, pairs))];
  });
  const stored = await api.query<{
    scope: string;
    key: string;
    body: DocumentBody | null;
    digest: string | null;
  }>('SELECT scope, key, body, digest FROM document');
  const at = new Map(stored.map((document) => [`${document.scope} ${document.key}`, document]));
  expect(fresh.filter(({ body }) => body !== null).length).toBeGreaterThan(20);
  for (const { scope, key, body } of fresh) expect(at.get(`${scope} ${key}`)?.body ?? null).toEqual(body);
  const expected = new Set(
    fresh.flatMap(({ scope, key, body }) => (body === null ? [] : [`${scope} ${key}`])),
  );
  const present = stored.filter(({ body }) => body !== null).map(({ scope, key }) => `${scope} ${key}`);
  expect(present.filter((place) => !expected.has(place))).toEqual([]);

  const sets = new Map<string, string>();
  for (const { scope, key, body, digest } of stored) {
    expect(digest).toBe(body === null ? null : documentDigest(key, body));
    if (digest !== null) sets.set(scope, toggleInSetDigest(sets.get(scope) ?? EMPTY_SET_DIGEST, digest));
  }
  const scopes = await api.query<{ scope: string; digest: string }>(
    'SELECT scope, digest FROM document_scope',
  );
  for (const { scope, digest } of scopes) expect(digest).toBe(sets.get(scope) ?? EMPTY_SET_DIGEST);
});

it('lets exactly one of many edits with the same If-Match through', async () => {
  const { id, revision } = await api.createService({ address: '192.0.2.240' });
  const edits = Array.from({ length: 10 }, (_, index) =>
    (index % 2 === 0 ? api : another)
      .patch(`/v1/virtual-services/${id}`, { name: `edit-${index}` })
      .set('If-Match', `"${revision}"`),
  );
  const answers = await Promise.all(edits);
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
    200,
    ...new Array<number>(9).fill(412),
  ]);
  const winner = answers.find(({ status }) => status === 200)?.body;
  expect((await api.get(`/v1/virtual-services/${id}`)).body).toMatchObject({
    name: winner.name,
    revision: revision + 1,
  });
});

it('loses no edit that two writers make to different fields at the same time', async () => {
  const { id } = await api.createService({ address: '192.0.2.241' });
  const path = `/v1/virtual-services/${id}`;
  await Promise.all([
    api.patch(path, { name: 'both' }).expect(200),
    another.patch(path, { description: 'both' }).expect(200),
    ...['a', 'b', 'c', 'd'].map((key) => api.patch(path, { tags: { [key]: 'x' } }).expect(200)),
  ]);
  const { body } = await api.get(path);
  expect(body).toMatchObject({ name: 'both', description: 'both', tags: { a: 'x', b: 'x', c: 'x', d: 'x' } });
});

it('makes one service of many that overlap and are created at the same time', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      (index % 2 === 0 ? api : another).post('/v1/virtual-services', {
        address: '192.0.2.242',
        port: 80,
        endPort: 80 + index,
        protocol: 'tcp',
      }),
    ),
  );
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
    201,
    ...new Array<number>(7).fill(409),
  ]);
  const codes = new Set(answers.filter(({ status }) => status === 409).map(({ body }) => body.code));
  expect([...codes]).toEqual(['virtual-service-overlaps']);
});

it('accepts at most one of two changes that break a rule together only', async () => {
  for (let last = 1; last <= 20; last++) {
    const address = `198.51.100.${last}`;
    const server = { address: '198.51.100.200', port: last, protocol: 'tcp', realServers: [{ address }] };
    const name = `node-${last}`;
    const rivals = [
      api.post('/v1/virtual-services', { address, port: 80, protocol: 'tcp' }),
      last % 2 === 0
        ? another.post('/v1/nodes', { name, role: 'director', addresses: [address] })
        : another.post('/v1/virtual-services', server),
    ];
    const answers = await Promise.all(rivals);
    const codes = answers.filter(({ status }) => status !== 201).map(({ body }) => String(body.code));
    expect(codes, `${address} is a VIP, or else an address of a host`).toHaveLength(1);
    expect(['real-server-is-the-vip', 'address-is-a-node', 'address-is-a-vip']).toContain(codes[0]);
  }
});
