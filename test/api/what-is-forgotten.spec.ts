/** Facts and tombstones go when nobody needs them, and what stays costs nobody anything. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pruneTombstones } from '../../src/api/delivery/prune-tombstones.js';
import { Transactions } from '../../src/api/store/transactions.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { proved, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';
const RELEASED = proved(VIP, { bound: false, reason: 'Released', message: 'It is on this host no more.' });

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
});

afterEach(async () => {
  director.leave();
  agent.leave();
  await api.close();
});

const facts = () => api.query('SELECT host(vip) AS vip, bound FROM vip_fact');

it('an agent says once that it let go of a VIP, and the fact goes', async () => {
  await agent.report(agent.agentReport({ complete: false, vips: [RELEASED] }));
  expect(await facts(), 'the VIP is still asked for').toEqual([{ vip: VIP, bound: false }]);
  await agent.report(agent.agentReport());
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  await director.confirm();
  await agent.caughtUp();
  await agent.report(agent.agentReport({ complete: false, vips: [proved(VIP)] }));
  expect(await facts(), 'the VIP is still bound').toEqual([{ vip: VIP, bound: true }]);
  await agent.report(agent.agentReport({ complete: false, vips: [RELEASED] }));
  expect(await facts()).toEqual([]);
});

it('a fault of an agent holds up no director that lets go', async () => {
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  await agent.report(
    agent.agentReport({ faults: [{ key: id, versionInForce: 0, reason: 'Lie', message: 'No.' }] }),
  );
  await director.confirm();
  expect(await api.query('SELECT 1 FROM mention')).toEqual([]);
});

/** Whether tombstones are pruned while somebody else holds the commit order; false: that waits. */
async function prunesBesideACommit(): Promise<boolean> {
  const transactions = new Transactions(api.dataSource);
  return api.dataSource.transaction(async (holder) => {
    await holder.query('SELECT 1 FROM cluster FOR UPDATE');
    const pruned = pruneTombstones(api.dataSource, transactions).then(
      () => true,
      () => false,
    );
    const waited = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 700));
    return Promise.race([pruned, waited]);
  });
}

it('the tombstone of a disabled service stays, and is no reason to hold up commits', async () => {
  await api.patch(`/v1/virtual-services/${id}`, { enabled: false }).expect(200);
  await director.confirm();
  await agent.confirm();
  const gone = () => api.query<{ key: string }>('SELECT key FROM document WHERE body IS NULL ORDER BY key');
  const transactions = new Transactions(api.dataSource);
  await pruneTombstones(api.dataSource, transactions);
  expect(await gone()).toEqual([{ key: id }]);
  expect(await prunesBesideACommit()).toBe(true);

  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  expect(await prunesBesideACommit(), 'now there is something to prune').toBe(false);
  await pruneTombstones(api.dataSource, transactions);
  expect(await gone()).toEqual([]);
});

it('the tombstone of a VIP stays that its agent could not let go of, and with it the agent', async () => {
  await api.delete(`/v1/virtual-services/${id}`).expect(204);
  await director.confirm();
  await agent.confirm([{ key: VIP, versionInForce: 1, reason: 'StillBound', message: 'ip refused.' }]);
  await pruneTombstones(api.dataSource, new Transactions(api.dataSource));
  await api.delete(`/v1/nodes/${agent.id}`).expect(409);

  await agent.confirm();
  await pruneTombstones(api.dataSource, new Transactions(api.dataSource));
  await api.delete(`/v1/nodes/${agent.id}`).expect(204);
});
