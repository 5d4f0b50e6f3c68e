/** What hosts are told of by whose change they shall let go of a VIP, and what they are told where nobody said so. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let id: string;

beforeEach(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await director.follow();
  await agent.follow();
  ({ id } = await api.createService({ address: VIP, drainSeconds: 0, realServers: [{ address: HOST }] }));
  await agent.confirm();
  await director.confirm();
  expect(agent.vips()).toEqual([VIP]);
});

afterEach(async () => {
  for (const node of [director, agent]) node.leave();
  await api.close();
});

/** The document of the VIP as the agent last got it. */
async function told() {
  await agent.caughtUp();
  return agent.held.get(VIP);
}

async function lastRevision(): Promise<number> {
  const [row] = await api.query<{ revision: number }>('SELECT revision::int AS revision FROM cluster');
  return row?.revision ?? 0;
}

it('an operator takes the server away: the revision comes along, also when the VIP leaves later', async () => {
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  const revision = await lastRevision();
  expect(await told()).toMatchObject({ body: { kind: 'vip' } });
  await api.createService({ address: '192.0.2.201' });
  await director.confirm();
  expect(await told()).toMatchObject({ body: null, approval: revision });
});

it('comes along in a snapshot as well, for a host that was away', async () => {
  agent.leave();
  await api.patch(`/v1/virtual-services/${id}`, { enabled: false }).expect(200);
  await director.confirm();
  await agent.follow(api, null);
  expect(agent.messages.at(-1)).toMatchObject({
    kind: 'snapshot',
    documents: [{ key: VIP, body: null, approval: await lastRevision() }],
  });
});

it('is forgotten when the VIP is wanted again', async () => {
  const path = `/v1/virtual-services/${id}`;
  await api.patch(path, { enabled: false }).expect(200);
  await api.patch(path, { enabled: true }).expect(200);
  const [row] = await api.query('SELECT approval FROM document WHERE key = $1', [VIP]);
  expect(row).toEqual({ approval: null });
});

it('is not there while another service wants the VIP on the host', async () => {
  await api.createService({ address: VIP, port: 443, realServers: [{ address: HOST }] });
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  const [row] = await api.query('SELECT approval FROM document WHERE key = $1', [VIP]);
  expect(row).toEqual({ approval: null });
});

it('is not there where services vanished from the database without a change', async () => {
  await api.query('DELETE FROM virtual_service');
  await api.query('UPDATE mention SET dropped_at = 0');
  await director.report(director.directorReport());
  await agent.until(() => agent.held.get(VIP)?.body === null, 'the end of the VIP');
  expect(agent.held.get(VIP)).not.toHaveProperty('approval');
});

it('is not there where documents vanished', async () => {
  await api.query('DELETE FROM document');
  await agent.follow(api, null);
  expect(agent.messages.at(-1)).toMatchObject({ kind: 'snapshot', documents: [] });
});
