/** A node reports while somebody changes the node: both take the same locks in the same order. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';
/** PostgreSQL looks for a deadlock after this long; whoever has none is done long before. */
const DEADLOCK_MS = 4_000;

let first: ApiUnderTest;
let api: ApiUnderTest;
let agent: TestNode;

beforeEach(async () => {
  first = await ApiUnderTest.start();
  await first.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ${DEADLOCK_MS}', current_database()); END $$`,
  );
  // Connections that are made from here on.
  api = await first.another();
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await api.createService({ address: VIP, realServers: [{ address: HOST }] });
  await agent.follow();
});

afterEach(async () => {
  agent.leave();
  await api.close();
  await first.close();
});

it.each([
  ['gets a new join token', () => api.post(`/v1/nodes/${agent.id}/join-token`), 201, 200],
  ['is forgotten by force', () => api.delete(`/v1/nodes/${agent.id}?force=true`), 409, 200],
] as const)(
  'a node that %s while it reports waits for nobody who waits for it',
  async (_, change, ...statuses) => {
    const holder = first.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT 1 FROM cluster FOR UPDATE');
    const changing = change().then(({ status }) => status);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const reporting = agent.put(agent.agentReport()).then(({ status }) => status);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const began = performance.now();
    await holder.commitTransaction();
    await holder.release();
    expect(await Promise.all([changing, reporting])).toEqual(statuses);
    expect(performance.now() - began).toBeLessThan(DEADLOCK_MS / 2);
  },
);
