/** An agent is forgotten only when its host holds nothing any more, or when an operator says that the host is gone. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;

beforeEach(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await director.follow();
  await agent.follow();
});

afterEach(async () => {
  director.leave();
  agent.leave();
  await api.close();
});

async function servedService(changes: object = {}): Promise<{ id: string; server: string }> {
  const body = { address: VIP, drainSeconds: 0, realServers: [{ address: HOST }], ...changes };
  const { id, realServers } = await api.createService(body);
  await agent.confirm();
  await director.confirm();
  expect(director.weights(id)).toEqual({ [HOST]: 1000 });
  return { id, server: `/v1/virtual-services/${id}/real-servers/${realServers[0]?.id ?? ''}` };
}

async function forget(query = ''): Promise<unknown[]> {
  const { status, body } = await api.delete(`/v1/nodes/${agent.id}${query}`);
  return status === 204 ? [204] : [status, body.code, body.detail];
}

/** As if the agent had said nothing for longer than a node may. */
async function goAway(): Promise<void> {
  agent.leave();
  await api.query(`UPDATE node_status SET last_seen_at = now() - interval '1 h' WHERE node_id = $1`, [
    agent.id,
  ]);
}

it('stays while one of its addresses is a real server, also by force when it is away', async () => {
  const { id } = await servedService();
  const inUse = [409, 'node-in-use', expect.stringContaining(`real server of the virtual service ${id}`)];
  expect(await forget()).toEqual(inUse);
  expect(await forget('?force=true')).toEqual(inUse);
  await goAway();
  expect(await forget('?force=true')).toEqual(inUse);
});

it('stays while directors may still send its host packets, and until it has let go of the VIP', async () => {
  const { server } = await servedService({ drainSeconds: 1 });
  await api.insist(server);
  const holds = [409, 'node-in-use', expect.stringContaining(`not let go of ${VIP}`)];
  expect(await forget(), 'the drain goes on').toEqual(holds);
  await director.until(() => director.held.size > 0 && noServers(), 'the drain to end');
  expect(await forget(), 'the director may still send packets').toEqual(holds);
  await director.confirm();
  await agent.caughtUp();
  expect(agent.vips()).toEqual([]);
  expect(await forget(), 'the agent was told and has not said that it did it').toEqual(holds);
  await agent.confirm([{ key: VIP, versionInForce: 1, reason: 'Stuck', message: 'It is still on lo.' }]);
  expect(await forget(), 'the agent could not').toEqual(holds);
  expect(await forget('?force=true'), 'it is not away').toEqual(holds);

  await agent.confirm();
  expect(await forget()).toEqual([204]);
  expect((await agent.put(agent.agentReport())).status).toBe(401);
});

function noServers(): boolean {
  return [...director.held.values()].every(({ body }) => body?.kind !== 'service');
}

it('goes by force where its host is gone for good, and the history says what was left behind', async () => {
  const { id, server } = await servedService();
  await api.insist(server);
  await goAway();
  expect(await forget(), 'away alone is no reason').toEqual([
    409,
    'node-in-use',
    `web-1 is away and has not let go of ${VIP}.`,
  ]);
  expect((await forget('?force=false'))[0]).toBe(409);
  expect((await forget('?force=perhaps'))[0]).toBe(400);
  expect(await forget('?force=true')).toEqual([204]);
  const { body } = await api.get('/v1/revisions?limit=1').expect(200);
  expect(body.items[0].changes).toMatchObject([
    {
      action: 'delete',
      objectType: 'node',
      objectId: agent.id,
      before: { name: 'web-1', role: 'agent', addresses: [HOST], forced: true, vipsLeftBehind: [VIP] },
      after: null,
    },
  ]);
  await director.confirm();
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
});

it('goes at once when it was never sent a document', async () => {
  const waiting = await TestNode.join(api, 'agent', 'web-2', ['192.0.2.12']);
  const { id } = await api.createService({
    address: '192.0.2.201',
    realServers: [{ address: '192.0.2.12' }],
  });
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  await api.delete(`/v1/nodes/${waiting.id}`).expect(204);
});
