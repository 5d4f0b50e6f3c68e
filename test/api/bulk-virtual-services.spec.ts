/** Many virtual services in one request: one revision, all or none, and every failure by its place. */
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';
import { proved, TestNode } from '../support/test-node.js';

const SERVICES = '/v1/virtual-services';
const BULK = `${SERVICES}/bulk`;

let api: ApiUnderTest;
let last = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

function fresh(parts: object = {}): Record<string, unknown> {
  last += 1;
  return { address: `198.51.${100 + (last >> 8)}.${last & 255}`, port: 80, protocol: 'tcp', ...parts };
}

function troubles({ status, body }: Response): unknown[] {
  return [status, ...body.errors.map(({ code, field }: Record<string, string>) => `${code} ${field}`)];
}

async function expectRefused(lists: object, ...told: unknown[]): Promise<void> {
  const before = await api.contents();
  expect(troubles(await api.post(BULK, lists))).toEqual(told);
  expect(await api.contents()).toEqual(before);
}

describe('a bulk request', () => {
  it('creates, patches and deletes as one revision, and answers in the order that was sent', async () => {
    const old = await Promise.all([1, 2, 3].map(() => api.createService(fresh({ tags: { a: 'b' } }))));
    const [one, two, three] = old as [Created, Created, Created];
    const before = (await api.get('/v1/revisions?limit=1')).body.items[0].number;
    const { body } = await api
      .post(BULK, {
        create: [fresh({ name: 'x', realServers: [{ address: '192.0.2.11' }] }), fresh({ name: 'y' })],
        patch: [
          { id: two.id, name: 'two', tags: { a: null, c: 'd' } },
          { id: one.id.toUpperCase(), revision: one.revision, drainSeconds: null },
        ],
        delete: [{ id: three.id, revision: three.revision }],
      })
      .expect(200);
    expect(body).toMatchObject({
      revision: before + 1,
      created: [{ name: 'x', realServers: [{ address: '192.0.2.11' }], revision: before + 1 }, { name: 'y' }],
      patched: [
        { id: two.id, name: 'two', tags: { c: 'd' }, revision: before + 1 },
        { id: one.id, revision: one.revision },
      ],
      deleted: [three.id],
    });
    expect((await api.get(`${SERVICES}/${body.created[0].id}`)).body).toEqual(body.created[0]);
    expect((await api.get(`${SERVICES}/${three.id}`)).status).toBe(404);
    const { body: revision } = await api.get(`/v1/revisions/${before + 1}`).expect(200);
    expect(revision.changes.map(({ action }: { action: string }) => action).sort()).toEqual([
      'create',
      'create',
      'create',
      'delete',
      'update',
    ]);
  });

  it('of nothing, or of what is so already, takes no revision', async () => {
    const { id } = await api.createService(fresh({ name: 'same' }));
    const before = await api.contents();
    const nothing = { revision: null, created: [], patched: [], deleted: [] };
    expect((await api.post(BULK, {}).expect(200)).body).toEqual(nothing);
    expect((await api.post(BULK, { patch: [{ id, name: 'same' }] }).expect(200)).body.revision).toBeNull();
    expect(await api.contents()).toEqual(before);
  });

  it('may take what it gives away itself', async () => {
    const [gone, moved] = [fresh(), fresh()];
    const [one, two] = [await api.createService(gone), await api.createService(moved)];
    const lists = { create: [gone, moved], patch: [{ id: two.id, port: 81 }], delete: [{ id: one.id }] };
    expect((await api.post(BULK, lists).expect(200)).body.created).toHaveLength(2);
  });

  it('is made once for its Idempotency-Key', async () => {
    const lists = { create: [fresh(), fresh()] };
    const ask = () => api.post(BULK, lists).set('Idempotency-Key', 'bulk').expect(200);
    const first = await ask();
    expect((await ask()).text).toBe(first.text);
  });
});

describe('of a bulk request that is refused, nothing is done, and all that is wrong is told', () => {
  it('where bodies cannot be read', async () => {
    const create = [fresh(), { ...fresh(), port: 'x' }, { ...fresh(), realServers: [{ address: '1' }] }];
    await expectRefused(
      { create },
      400,
      'field-invalid /create/1/port',
      'address-not-usable /create/2/realServers/0/address',
    );
    const { id } = await api.createService(fresh());
    const { id: other } = await api.createService(fresh());
    const patch = [
      { id, port: 0 },
      { id: other, size: 1, address: 'x' },
    ];
    await expectRefused(
      { create: [fresh()], patch },
      400,
      'field-invalid /patch/0/port',
      'unknown-field /patch/1/size',
      'address-not-usable /patch/1/address',
    );
    await expectRefused({ patch: [[]] }, 400, 'field-invalid /patch');
    await expectRefused({ update: [] }, 400, 'unknown-field /update');
  });

  it('where objects are named that are not there, not as they were read, twice, or not at all', async () => {
    const { id, revision } = await api.createService(fresh());
    const none = '00000000-0000-4000-8000-000000000000';
    await expectRefused(
      { patch: [{ name: 'x' }, { id, revision: '1' }], delete: [{ id: none }, { id }] },
      400,
      'field-invalid /patch/0/id',
      'field-invalid /patch/1/revision',
      'field-invalid /delete/1/id',
    );
    await expectRefused(
      { patch: [{ id, revision: revision + 1 }], delete: [{ id: none }] },
      422,
      'precondition-failed /patch/0/revision',
      'not-found /delete/0/id',
    );
    await expectRefused(
      { delete: [{ id, revision: revision - 1 }] },
      412,
      'precondition-failed /delete/0/revision',
    );
  });

  it('where rules are broken, by what there is or by each other', async () => {
    const [taken, twice] = [fresh(), fresh()];
    const { id } = await api.createService(taken);
    const host = fresh({ realServers: [{ address: '192.0.2.11', port: 81 }] });
    const overlap = 'virtual-service-overlaps';
    await expectRefused(
      { create: [fresh(), twice, taken, twice, host], patch: [{ id, name: 'x' }] },
      422,
      `${overlap} /patch/0/port`,
      `${overlap} /create/1/port`,
      `${overlap} /create/2/port`,
      `${overlap} /create/3/port`,
      'direct-return-keeps-the-port /create/4/realServers/0/port',
    );
    await expectRefused({ create: [taken] }, 409, `${overlap} /create/0/port`);
  });

  it("where very many are in the way of one, with ten of them; the other protocol is in nobody's way", async () => {
    const { address } = fresh();
    const create = Array.from({ length: 12 }, (_, index) => ({ address, port: 80 + index, protocol: 'tcp' }));
    await api.post(BULK, { create }).expect(200);
    const all = { address, port: 1, endPort: 100 };
    const refused = await api.post(SERVICES, { ...all, protocol: 'tcp' }).expect(409);
    expect(refused.body.errors).toHaveLength(10);
    await api.post(SERVICES, { ...all, protocol: 'udp' }).expect(201);
    await api.post(SERVICES, { address, port: 92, protocol: 'tcp' }).expect(201);
    await api.post(SERVICES, { address, port: 100, protocol: 'udp' }).expect(409);
  });

  it('where it names more than a thousand objects, or brings too many real servers along', async () => {
    const some = Array.from({ length: 501 }, () => fresh());
    const others = Array.from({ length: 500 }, (_, index) => ({
      id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    }));
    await expectRefused({ create: some, delete: others }, 400, 'field-invalid ');
    const realServers = Array.from({ length: 1_000 }, (_, index) => ({
      address: `10.1.${index >> 8}.${index & 255}`,
    }));
    const large = Array.from({ length: 11 }, () => fresh({ realServers }));
    await expectRefused({ create: large }, 400, 'field-invalid /create');
  });
});

it('asks once for all that it would take from directors', async () => {
  const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  const agent = await TestNode.join(api, 'agent', 'web-1', ['192.0.2.21']);
  await director.follow();
  await agent.follow();
  const bodies = Array.from({ length: 12 }, () => fresh({ realServers: [{ address: '192.0.2.21' }] }));
  const made = (await api.post(BULK, { create: bodies }).expect(200)).body.created;
  const vips = bodies.map(({ address }) => proved(String(address)));
  await agent.report(agent.agentReport({ vips }));
  await director.confirm();
  expect(director.weights(made[11].id)).toEqual({ '192.0.2.21': 1000 });
  const lists = {
    patch: [{ id: made[0].id, enabled: false }],
    delete: made.slice(1).map(({ id }: Created) => ({ id })),
  };
  const asked = await api.post(BULK, lists);
  expect([asked.status, asked.body.code, asked.body.plan.services.length]).toEqual([
    409,
    'approval-required',
    12,
  ]);
  await api.post(`${BULK}?approve=${asked.body.plan.approve}`, lists).expect(200);
  await director.caughtUp();
  expect(made.map(({ id }: Created) => director.service(id))).toEqual(made.map(() => null));
  director.leave();
  agent.leave();
});

it('makes, changes and deletes a thousand services with two servers each, in one request each', async () => {
  const create = Array.from({ length: 1_000 }, (_, index) => ({
    address: `10.9.${index >> 8}.${index & 255}`,
    port: 80,
    protocol: 'tcp',
    name: `bulk ${index}`,
    realServers: [{ address: '10.8.0.1' }, { address: '10.8.0.2' }],
  }));
  const timed = async (what: string, lists: object) => {
    const start = performance.now();
    const { body } = await api.post(BULK, lists).expect(200);
    // Where nothing else runs it is a tenth of that.
    expect(performance.now() - start, what).toBeLessThan(10_000);
    return body;
  };
  const { created } = await timed('create', { create });
  expect(created).toHaveLength(1_000);
  const ids = created.map(({ id }: Created) => id);
  const patched = await timed('patch', { patch: ids.map((id: string) => ({ id, drainSeconds: 7 })) });
  expect(patched.patched[999]).toMatchObject({ id: ids[999], drainSeconds: 7, revision: patched.revision });
  const gone = await timed('delete', { delete: ids.map((id: string) => ({ id })) });
  expect(gone.deleted).toEqual(ids);
  expect((await api.get(`${SERVICES}?address=10.9.0.0/16&total=true`)).body.total).toBe(0);
});
