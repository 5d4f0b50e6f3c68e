/** Out of the directors' documents, drained, confirmed by every director that could still send, and only then unbound. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';

let api: ApiUnderTest;
let nodes: TestNode[];
let one: TestNode;
let other: TestNode;
let agent: TestNode;

beforeEach(async () => {
  api = await ApiUnderTest.start();
  one = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  other = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  nodes = [one, other, agent];
  await one.follow();
  await agent.follow();
});

afterEach(async () => {
  for (const node of nodes) node.leave();
  await api.close();
});

/** A service with the host as its one server, admitted, and in force on the directors that follow. */
async function servedService(changes: object = {}): Promise<{ id: string; serverId: string }> {
  const body = { address: VIP, drainSeconds: 0, realServers: [{ address: HOST }], ...changes };
  const { id, realServers } = await api.createService(body);
  await agent.confirm();
  await one.confirm();
  expect(one.weights(id)).toEqual({ [HOST]: 1000 });
  return { id, serverId: realServers[0]?.id ?? '' };
}

async function vipsOfHost(): Promise<string[]> {
  await agent.caughtUp();
  return agent.vips();
}

const ENDS = [
  ['the service is deleted', (id: string) => api.delete(`/v1/virtual-services/${id}`).expect(204)],
  [
    'the server is deleted',
    (id: string, serverId: string) => api.insist(`/v1/virtual-services/${id}/real-servers/${serverId}`),
  ],
  [
    'the server is disabled',
    (id: string, serverId: string) =>
      api.insist(`/v1/virtual-services/${id}/real-servers/${serverId}`, { enabled: false }),
  ],
  [
    'the service is disabled',
    (id: string) => api.patch(`/v1/virtual-services/${id}`, { enabled: false }).expect(200),
  ],
  [
    'the service moves to another VIP',
    (id: string) => api.patch(`/v1/virtual-services/${id}`, { address: '192.0.2.201' }).expect(200),
  ],
  [
    'the server moves to another host',
    (id: string, serverId: string) =>
      api.insist(`/v1/virtual-services/${id}/real-servers/${serverId}`, { address: '192.0.2.99' }),
  ],
] as const;

describe.each(ENDS)('when %s', (_name, end) => {
  it('the VIP stays on the host until the director has confirmed that it sends nothing there', async () => {
    const { id, serverId } = await servedService();
    await end(id, serverId);
    await one.caughtUp();
    expect(one.weights(id), 'the director is told at once').toEqual({});
    expect(await vipsOfHost()).toContain(VIP);
    await agent.report(agent.agentReport());
    expect(await vipsOfHost(), 'a report of the agent releases nothing').toContain(VIP);

    await one.confirm();
    expect(await vipsOfHost()).not.toContain(VIP);
  });

  it('the VIP stays until the slower of two directors has confirmed, whichever that is', async () => {
    await other.follow();
    const { id, serverId } = await servedService();
    await other.confirm();
    await end(id, serverId);
    await one.confirm();
    expect(await vipsOfHost()).toContain(VIP);
    await other.report(other.directorReport({ position: null }));
    expect(await vipsOfHost()).toContain(VIP);
    await other.confirm();
    expect(await vipsOfHost()).not.toContain(VIP);
  });
});

it('counts a director from the moment it opens a stream, and not before', async () => {
  const { id } = await servedService();
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  await one.confirm();
  expect(await vipsOfHost(), 'lb-2 has joined, but was never sent anything').toEqual([]);

  const again = await servedService();
  await other.follow();
  other.leave();
  await api.delete(`/v1/virtual-services/${again.id}`).expect(204);
  await one.confirm();
  expect(await vipsOfHost(), 'lb-2 got the document and has said nothing since').toEqual([VIP]);
});

it('waits for a director that is away, and no longer once that director is forgotten', async () => {
  await other.follow();
  const { id } = await servedService();
  await other.confirm();
  other.leave();
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  await one.confirm();
  expect(await vipsOfHost()).toEqual([VIP]);
  await api.delete(`/v1/nodes/${other.id}`).expect(204);
  expect(await vipsOfHost()).toEqual([]);
});

it('waits for a director that has an older version in force because it could not take the new one', async () => {
  const { id } = await servedService();
  const versionInForce = one.held.get(id)?.version ?? 0;
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  const fault = { key: id, versionInForce, reason: 'KernelRefused', message: 'No.' };
  await one.confirm([fault]);
  expect(await vipsOfHost()).toEqual([VIP]);
  await one.confirm([fault]);
  expect(await vipsOfHost()).toEqual([VIP]);
  await one.confirm();
  expect(await vipsOfHost()).toEqual([]);
});

it('lets the VIP go where the director has a fault but nothing of the service in force', async () => {
  const { id } = await servedService();
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  await one.confirm([{ key: id, versionInForce: null, reason: 'KernelRefused', message: 'No.' }]);
  expect(await vipsOfHost()).toEqual([]);
});

it('keeps a VIP that two services share until the last of them has left', async () => {
  const web = await servedService({ name: 'web' });
  const tls = await servedService({ name: 'tls', port: 443 });
  expect(agent.vip(VIP)?.services.map(({ port }) => port)).toEqual([80, 443]);
  await api.delete(`/v1/virtual-services/${web.id}`).expect(204);
  await one.confirm();
  expect(await vipsOfHost()).toEqual([VIP]);
  expect(agent.vip(VIP)?.services.map(({ port }) => port)).toEqual([443]);
  await api.delete(`/v1/virtual-services/${tls.id}`).expect(204);
  expect(await vipsOfHost()).toEqual([VIP]);
  await one.confirm();
  expect(await vipsOfHost()).toEqual([]);
});

it('keeps serving the other service while a shared VIP loses one', async () => {
  const web = await servedService();
  const tls = await servedService({ port: 443 });
  await api.delete(`/v1/virtual-services/${web.id}`).expect(204);
  await one.confirm();
  await agent.caughtUp();
  await one.caughtUp();
  expect(one.weights(tls.id), 'the proof of the VIP stands, for the VIP never left').toEqual({
    [HOST]: 1000,
  });
});

describe('when its agent says that it leaves the host', () => {
  const leave = () => agent.report(agent.agentReport({ leaving: true }));
  const stateOfAgent = async () => (await api.get(`/v1/nodes/${agent.id}`)).body.state;

  it('the server is drained and goes, and then the VIP, by its own word', async () => {
    const { id, serverId } = await servedService({ drainSeconds: 1 });
    await leave();
    await one.confirm();
    expect(one.weights(id), 'no new connections').toEqual({ [HOST]: 0 });
    expect([await vipsOfHost(), await stateOfAgent()]).toEqual([[VIP], 'leaving']);
    await one.until(() => one.service(id) === null, 'the drain to end');
    await leave();
    expect(await vipsOfHost(), 'the director has yet to confirm').toEqual([VIP]);
    await one.confirm();
    expect([await vipsOfHost(), await stateOfAgent()]).toEqual([[], 'left']);
    // Without it a host would keep most of its VIPs.
    expect(agent.held.get(VIP)?.approval).toEqual(expect.any(Number));
    const { body } = await api.get(`/v1/virtual-services/${id}/real-servers/${serverId}`);
    expect(body.status.conditions).toContainEqual(expect.objectContaining({ reason: 'AgentLeaves' }));
  });

  it('nothing is asked of the host any more, and all of it again once it stays after all', async () => {
    const { id } = await servedService({ drainSeconds: 60 });
    await leave();
    await api.createService({ address: '192.0.2.201', realServers: [{ address: HOST }] });
    expect(await vipsOfHost()).toEqual([VIP]);
    await agent.report(agent.agentReport());
    await one.confirm();
    expect(one.weights(id), 'the drain is over').toEqual({ [HOST]: 1000 });
    expect([await vipsOfHost(), await stateOfAgent()]).toEqual([[VIP, '192.0.2.201'], 'connected']);
  });
});

describe('a drain', () => {
  it('is weight 0 in the document until drainSeconds are over; then the server goes, and then the VIP', async () => {
    const { id, serverId } = await servedService({ drainSeconds: 1 });
    const began = Date.now();
    await api.insist(`/v1/virtual-services/${id}/real-servers/${serverId}`, { enabled: false });
    await one.confirm();
    expect(one.weights(id)).toEqual({ [HOST]: 0 });
    expect(await vipsOfHost(), 'every director has confirmed, but flows may still live').toEqual([VIP]);
    await one.until(() => one.service(id) === null, 'the drain to end');
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_000);
    expect(await vipsOfHost(), 'the director has yet to confirm').toEqual([VIP]);
    await one.confirm();
    expect(await vipsOfHost()).toEqual([]);
  });

  it('shows why the server gets no new connections', async () => {
    const { id, serverId } = await servedService({ drainSeconds: 60 });
    const path = `/v1/virtual-services/${id}/real-servers/${serverId}`;
    const { body } = await api.insist(path, { enabled: false });
    const reasons = body.status.conditions.map(({ reason }: { reason: string }) => reason);
    expect([body.status.operating, reasons]).toEqual(['disabled', expect.arrayContaining(['Draining'])]);
  });

  it('of a deleted server goes on under its number, while others take its place', async () => {
    const { id, serverId } = await servedService({ drainSeconds: 60 });
    const number = one.service(id)?.servers[0]?.number;
    await api.insist(`/v1/virtual-services/${id}/real-servers/${serverId}`);
    await one.confirm();
    expect(one.service(id)?.servers).toEqual([{ number, address: HOST, weight: 0 }]);
    expect(await vipsOfHost()).toEqual([VIP]);
    const { body } = await api.get(`/v1/virtual-services/${id}`);
    expect(body.realServers).toEqual([]);
  });

  it('ends when the server is enabled again, and gives it back its weight and its number', async () => {
    const { id, serverId } = await servedService({ drainSeconds: 1 });
    const before = one.service(id)?.servers;
    const path = `/v1/virtual-services/${id}/real-servers/${serverId}`;
    await api.insist(path, { enabled: false });
    await one.confirm();
    expect(one.weights(id)).toEqual({ [HOST]: 0 });
    await api.patch(path, { enabled: true }).expect(200);
    await one.confirm();
    expect(one.service(id)?.servers).toEqual(before);

    await new Promise((resolve) => setTimeout(resolve, 2_200));
    await one.caughtUp();
    expect(one.service(id)?.servers, 'the old drain does not end later').toEqual(before);
    expect(await vipsOfHost()).toEqual([VIP]);
  });

  it('ends with the service being disabled: its host lets go, and must not be named again', async () => {
    const { id, serverId } = await servedService({ drainSeconds: 60 });
    await api.patch(`/v1/virtual-services/${id}`, { enabled: false }).expect(200);
    await api.insist(`/v1/virtual-services/${id}/real-servers/${serverId}`);
    await one.confirm();
    expect(await vipsOfHost()).toEqual([]);
    await agent.confirm();
    await api.patch(`/v1/virtual-services/${id}`, { enabled: true }).expect(200);
    await one.caughtUp();
    expect(one.service(id)).toBeNull();
  });

  it('does not follow the service to another VIP, which its host never held', async () => {
    const { id, serverId } = await servedService({ drainSeconds: 60 });
    await api.insist(`/v1/virtual-services/${id}/real-servers/${serverId}`, { enabled: false });
    await one.confirm();
    expect(one.weights(id)).toEqual({ [HOST]: 0 });
    await api.patch(`/v1/virtual-services/${id}`, { address: '192.0.2.201' }).expect(200);
    await one.caughtUp();
    expect(one.service(id)).toBeNull();
  });

  it('is not for a server that no director ever sent a packet to', async () => {
    const { id, realServers } = await api.createService({ address: VIP, realServers: [{ address: HOST }] });
    expect(await vipsOfHost()).toEqual([VIP]);
    await api.insist(`/v1/virtual-services/${id}/real-servers/${realServers[0]?.id ?? ''}`);
    expect(await api.query('SELECT 1 FROM drain')).toEqual([]);
    expect(await vipsOfHost()).toEqual([]);
  });

  it('ends once, whatever the number of processes', async () => {
    const another = await api.another();
    const { id, serverId } = await servedService({ drainSeconds: 1 });
    await api.insist(`/v1/virtual-services/${id}/real-servers/${serverId}`, { enabled: false });
    await one.until(() => one.service(id) === null, 'the drain to end');
    const [{ version } = { version: 0 }] = await api.query<{ version: number }>(
      'SELECT version::int FROM cluster',
    );
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await api.query('SELECT version::int FROM cluster')).toEqual([{ version }]);
    await another.close();
  });
});
