/** What was deleted or changed comes back: one service or all, under its id, to the nodes too, and asked for where it takes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';
import { proved, TestNode } from '../support/test-node.js';

const SERVICES = '/v1/virtual-services';

let api: ApiUnderTest;
let last = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

function create(hosts: readonly number[] = [], parts: object = {}): Promise<Created> {
  last += 1;
  const realServers = hosts.map((host) => ({ address: `192.0.2.${host}`, weight: host }));
  return api.createService({ address: `198.51.100.${last}`, realServers, ...parts });
}

async function newest(): Promise<number> {
  return (await api.get('/v1/revisions?limit=1')).body.items[0].number;
}

function rollBack(revision: number, body: object = {}) {
  return api.post(`/v1/revisions/${revision}/rollback`, body);
}

interface Shown {
  readonly id: string;
  readonly address: string;
  readonly weight: number;
}

async function servers(id: string): Promise<unknown[]> {
  const { realServers } = (await api.get(`${SERVICES}/${id}`).expect(200)).body;
  return realServers.map(({ id: serverId, address, weight }: Shown) => [serverId, address, weight]).sort();
}

it('brings a deleted service back under its id, with its servers under theirs, and a word about it', async () => {
  const { id, realServers } = await create([11, 12], { name: 'shop', tags: { env: 'prod' } });
  const was = await servers(id);
  const revision = await newest();
  await api.delete(`${SERVICES}/${id}`).expect(204);
  const { body } = await rollBack(revision)
    .set('X-Change-Ticket', 'CHG-7')
    .set('X-Request-Id', 'back')
    .expect(200);
  expect(body).toMatchObject({ revision: revision + 2, changes: [{ action: 'create', id, name: 'shop' }] });
  expect(await servers(id)).toEqual(was);
  expect((await api.get(`${SERVICES}/${id}`)).body).toMatchObject({ name: 'shop', tags: { env: 'prod' } });
  const told = (await api.get(`/v1/revisions/${body.revision}`)).body;
  expect(told).toMatchObject({ ticket: 'CHG-7', requestId: 'back', actor: 'admin' });
  const named = told.changes.map(({ action, objectId }: Record<string, string>) => `${action} ${objectId}`);
  const back = [id, ...realServers.map((server) => server.id)];
  expect(new Set(named)).toEqual(new Set(back.map((each) => `create ${each}`)));
});

it('of one service leaves all others as they are', async () => {
  const [one, other] = [await create([11]), await create([11])];
  const revision = await newest();
  const patch = (id: string) => api.patch(`${SERVICES}/${id}`, { name: 'new' }).expect(200);
  await patch(one.id);
  await patch(other.id);
  await api.put(`${SERVICES}/${one.id}/real-servers`, { realServers: [] }).expect(200);
  const { body } = await rollBack(revision, { virtualServiceId: one.id.toUpperCase() }).expect(200);
  expect(body.changes.map(({ id }: Shown) => id)).toEqual([one.id]);
  expect((await api.get(`${SERVICES}/${one.id}`)).body).toMatchObject({
    name: '',
    realServers: [{ weight: 11 }],
  });
  expect((await api.get(`${SERVICES}/${other.id}`)).body.name).toBe('new');
});

it('of one service that was not changed changes nothing, of none that there ever was is 404', async () => {
  const { id } = await create();
  const revision = await newest();
  const nothing = { revision: null, changes: [] };
  expect((await rollBack(revision, { virtualServiceId: id }).expect(200)).body).toEqual(nothing);
  await rollBack(revision, { virtualServiceId: '00000000-0000-4000-8000-000000000000' }).expect(404);
  await rollBack(revision, { virtualServiceId: 'x' }).expect(400);
  await rollBack(revision, { serviceId: id }).expect(400);
});

it('brings back what services, and servers of a service, have given to each other', async () => {
  const [one, two] = [await create([11, 12]), await create()];
  const [first, second] = one.realServers;
  const place = async ({ id }: Created) => (await api.get(`${SERVICES}/${id}`)).body.address;
  const [before, was] = [[await place(one), await place(two)], await servers(one.id)];
  const revision = await newest();
  const move = (id: string, address: unknown) => api.patch(`${SERVICES}/${id}`, { address }).expect(200);
  for (const [service, address] of [
    [one, '198.51.100.250'],
    [two, before[0]],
    [one, before[1]],
  ] as const)
    await move(service.id, address);
  const readdress = (id = '', address = '') =>
    api.patch(`${SERVICES}/${one.id}/real-servers/${id}`, { address }).expect(200);
  await readdress(first?.id, '192.0.2.13');
  await readdress(second?.id, '192.0.2.11');
  await readdress(first?.id, '192.0.2.12');
  await rollBack(revision).expect(200);
  expect([await place(one), await place(two)]).toEqual(before);
  expect(await servers(one.id)).toEqual(was);
});

it('brings back a server whose place another one has taken', async () => {
  const { id, realServers } = await create([11, 12]);
  const was = await servers(id);
  const revision = await newest();
  const [first, second] = realServers.map((server) => `${SERVICES}/${id}/real-servers/${server.id}`);
  await api.delete(String(second)).expect(204);
  await api.patch(String(first), { address: '192.0.2.12' }).expect(200);
  await rollBack(revision).expect(200);
  expect(await servers(id)).toEqual(was);
});

it('tells by its id which service stands against it', async () => {
  const { id } = await create();
  const revision = await newest();
  const { address } = (await api.get(`${SERVICES}/${id}`)).body;
  await api.delete(`${SERVICES}/${id}`).expect(204);
  await api.createService({ address });
  const { status, body } = await rollBack(revision, { virtualServiceId: id });
  expect([status, body.code, body.errors[0].field]).toEqual([409, 'virtual-service-overlaps', `/${id}/port`]);
});

it('is made upon the newest revision that If-Match names, and once for its Idempotency-Key', async () => {
  const { id } = await create();
  const revision = await newest();
  await api.patch(`${SERVICES}/${id}`, { name: 'x' }).expect(200);
  await rollBack(revision).set('If-Match', `"${revision}"`).expect(412);
  const ask = () =>
    rollBack(revision)
      .set('If-Match', `"${revision + 1}"`)
      .set('Idempotency-Key', 'back');
  const { text } = await ask().expect(200);
  expect((await ask().expect(200)).text).toBe(text);
});

it('is planned first where that is asked for, and nothing is done', async () => {
  const { id } = await create([11]);
  const revision = await newest();
  await api.patch(`${SERVICES}/${id}`, { name: 'x' }).expect(200);
  const before = await api.contents();
  const plan = await api.post(`/v1/revisions/${revision}/rollback?dryRun=true`, {}).expect(200);
  expect(plan.body.changes).toMatchObject([
    { action: 'update', objectId: id, before: { name: 'x' }, after: { name: '' } },
  ]);
  expect(await api.contents()).toEqual(before);
  expect((await api.get(`${SERVICES}/${id}`)).body.name).toBe('x');
});

it('keeps an attestation that stands, and brings back none', async () => {
  const { id, realServers } = await create([], {
    realServers: [{ address: '192.0.2.31', managed: false }],
  });
  const path = `${SERVICES}/${id}/real-servers/${realServers[0]?.id}`;
  const attestation = async () => (await api.get(path)).body.attestation;
  await api.patch(`${SERVICES}/${id}`, { name: 'x' }).expect(200);
  const revision = await newest();
  await api.patch(`${SERVICES}/${id}`, { name: 'y' }).expect(200);
  await api.put(`${path}/attestation`, {}).expect(200);
  const attested = await newest();
  await rollBack(revision).expect(200);
  expect(await attestation()).not.toBeNull();
  await api.delete(`${path}/attestation`).expect(204);
  await rollBack(attested).expect(200);
  expect(await attestation()).toBeNull();
});

it('reaches the nodes, and asks where it would take a last server', async () => {
  const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  const agent = await TestNode.join(api, 'agent', 'web-1', ['192.0.2.41']);
  await director.follow();
  await agent.follow();
  const { id } = await create();
  const empty = await newest();
  await api.post(`${SERVICES}/${id}/real-servers`, { address: '192.0.2.41' }).expect(201);
  const full = await newest();
  const admit = async () => {
    await agent.caughtUp();
    await agent.report(agent.agentReport({ vips: [proved(`198.51.100.${last}`)] }));
    await director.confirm();
    expect(director.weights(id)).toEqual({ '192.0.2.41': 1000 });
  };
  await admit();
  const asked = await rollBack(empty);
  expect([asked.status, asked.body.code]).toEqual([409, 'approval-required']);
  expect(asked.body.plan.services).toMatchObject([{ id, becomes: 'empty' }]);
  await api.post(`/v1/revisions/${empty}/rollback?approve=${asked.body.plan.approve}`, {}).expect(200);
  await director.caughtUp();
  expect(Object.values(director.weights(id) ?? {}).every((weight) => weight === 0)).toBe(true);
  await api.insist(`${SERVICES}/${id}`);
  await director.confirm();
  expect(director.service(id)).toBeNull();
  await agent.caughtUp();
  await agent.report(agent.agentReport({ vips: [] }));
  await rollBack(full).expect(200);
  await admit();
  director.leave();
  agent.leave();
});
