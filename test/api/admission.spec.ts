/** Nobody gets a packet before its own host has proved that it holds the VIP, and is silent about it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { proved, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const ONE = '192.0.2.11';
const TWO = '192.0.2.12';

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [ONE]);
  await director.follow();
  await agent.follow();
});

afterAll(async () => {
  director.leave();
  agent.leave();
  await api.close();
});

let id: string;

beforeEach(async () => {
  ({ id } = await api.createService({
    address: VIP,
    drainSeconds: 0,
    realServers: [{ address: ONE }, { address: TWO }],
  }));
  await agent.caughtUp();
});

afterEach(async () => {
  await api.delete(`/v1/virtual-services/${id}`);
  await director.confirm();
  await agent.caughtUp();
  await agent.report(agent.agentReport({ vips: [] }));
});

async function admitted(): Promise<Record<string, number>> {
  await director.caughtUp();
  return director.weights(id);
}

async function condition(type: string, address = ONE): Promise<{ status: string; reason: string }> {
  const answer = await api.get(`/v1/virtual-services/${id}`).expect(200);
  const server = answer.body.realServers.find((each: { address: string }) => each.address === address);
  const found = server.status.conditions.find((each: { type: string }) => each.type === type);
  return { status: found.status, reason: found.reason };
}

it('names no server to a director before its agent has reported the VIP bound and silent', async () => {
  expect(agent.vips()).toEqual([VIP]);
  expect(await admitted()).toEqual({});
  expect(await condition('Admitted')).toEqual({ status: 'False', reason: 'AgentNotReported' });
  expect(await condition('VipBound')).toEqual({ status: 'Unknown', reason: 'AgentNotReported' });

  await agent.confirm();
  expect(await admitted()).toEqual({ [ONE]: 1000 });
  expect(await condition('Admitted')).toEqual({ status: 'True', reason: 'Admitted' });
  expect(await condition('VipBound')).toEqual({ status: 'True', reason: 'Proved' });
  expect(await condition('ArpSilent')).toEqual({ status: 'True', reason: 'Proved' });
});

it('says of a server without an agent that an agent is missing', async () => {
  await agent.confirm();
  expect(await condition('Admitted', TWO)).toEqual({ status: 'False', reason: 'NoAgent' });
  expect(await condition('VipBound', TWO)).toEqual({ status: 'Unknown', reason: 'NoAgent' });
});

it.each([
  ['bound but not silent', { silent: false, reason: 'AnswersArp' }, 'NotSilent'],
  ['silent but not bound', { bound: false, reason: 'NotOnLoopback' }, 'VipNotBound'],
  ['neither bound nor silent', { bound: false, silent: false, reason: 'Refused' }, 'VipNotBound'],
] as const)('does not admit a server that is %s', async (_name, fact, reason) => {
  await agent.report(agent.agentReport({ vips: [proved(VIP, fact)] }));
  expect(await admitted()).toEqual({});
  expect(await condition('Admitted')).toEqual({ status: 'False', reason });

  await agent.confirm();
  expect(await admitted()).toEqual({ [ONE]: 1000 });
});

it.each([
  ['the silence', proved(VIP, { silent: false, reason: 'AnswersArp' })],
  ['the VIP', proved(VIP, { bound: false, reason: 'NotOnLoopback' })],
])('takes a server out at once when its agent loses %s', async (_name, fact) => {
  await agent.confirm();
  expect(await admitted()).toEqual({ [ONE]: 1000 });
  await agent.report(agent.agentReport({ complete: false, vips: [fact] }));
  expect(await admitted()).toEqual({});
});

it('takes a server out when a complete report does not know the VIP any more', async () => {
  await agent.confirm();
  expect(await admitted()).toEqual({ [ONE]: 1000 });
  await agent.report(agent.agentReport({ complete: false, vips: [] }));
  expect(await admitted(), 'an incomplete report says nothing of what it leaves out').toEqual({
    [ONE]: 1000,
  });
  await agent.report(agent.agentReport({ complete: true, vips: [] }));
  expect(await admitted()).toEqual({});
});

it('does not trust a proof that is older than the document that asks for the VIP now', async () => {
  await agent.confirm();
  await director.confirm();
  const old = agent.agentReport();

  await api.patch(`/v1/virtual-services/${id}`, { enabled: false }).expect(200);
  await director.confirm();
  await agent.caughtUp();
  expect(agent.vips()).toEqual([]);
  await api.patch(`/v1/virtual-services/${id}`, { enabled: true }).expect(200);
  await agent.caughtUp();
  expect(agent.vips()).toEqual([VIP]);

  expect(await admitted(), 'the fact of before is still stored').toEqual({});
  await agent.report(old);
  expect(await admitted(), 'the report is of before').toEqual({});
  expect(await condition('Admitted')).toEqual({ status: 'False', reason: 'AgentNotReported' });

  await agent.report(agent.agentReport({ complete: false, vips: [] }));
  expect(await admitted(), 'the agent has taken the new document, and the fact stands').toEqual({
    [ONE]: 1000,
  });
});

it('does not take a proof at a position that this cluster never gave out', async () => {
  const { cluster, epoch, version } = agent.position ?? { cluster: '', epoch: 0, version: 0 };
  const foreign = { cluster: 'ffffffff-0000-4000-8000-000000000000', epoch, version };
  for (const position of [
    foreign,
    { cluster, epoch, version: version + 1_000 },
    { cluster, epoch: epoch + 1, version },
  ]) {
    await agent.put(agent.agentReport({ position }));
    expect(await admitted()).toEqual({});
  }
  await agent.confirm();
  expect(await admitted()).toEqual({ [ONE]: 1000 });
});

it('is in sync and online only when directors and agents have confirmed it', async () => {
  const status = async () => (await api.get(`/v1/virtual-services/${id}`)).body.status;
  await api.delete(`/v1/virtual-services/${id}/real-servers/${await serverId(TWO)}`).expect(204);
  expect(await status()).toMatchObject({ provisioning: 'pending', operating: 'offline' });
  await agent.confirm();
  await director.caughtUp();
  expect(await status()).toMatchObject({ provisioning: 'pending', operating: 'offline' });
  await director.confirm([
    { key: id, versionInForce: null, reason: 'Refused', message: 'The kernel said no.' },
  ]);
  expect(await status()).toMatchObject({ provisioning: 'failed', operating: 'offline' });
  await director.confirm();
  const now = await status();
  expect(now).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
  expect(now.observedRevision).toBe((await api.get(`/v1/virtual-services/${id}`)).body.revision);
});

async function serverId(address: string): Promise<string> {
  const answer = await api.get(`/v1/virtual-services/${id}/real-servers`);
  return answer.body.items.find((each: { address: string }) => each.address === address).id;
}
