/** A drain is over when its server has no flow left, and not only when its time is. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EndIdleDrains } from '../../src/api/delivery/end-idle-drains.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const HOST = '192.0.2.11';
let api: ApiUnderTest;
let one: TestNode;
let two: TestNode;
let agent: TestNode;
let server: string;
let number: number;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  one = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  two = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  for (const node of [one, two, agent]) await node.follow();
  const { id, realServers } = await api.createService({
    address: '192.0.2.200',
    drainSeconds: 600,
    realServers: [{ address: HOST }, { address: '192.0.2.12' }],
  });
  server = `/v1/virtual-services/${id}/real-servers/${realServers[0]?.id}`;
  const [row] = await api.query<{ number: number }>(
    `SELECT number FROM real_server WHERE address = '${HOST}'`,
  );
  number = row?.number ?? 0;
});

afterAll(async () => {
  for (const node of [one, two, agent]) node.leave();
  await api.close();
});

/** The server drains, and every director has it so. */
beforeEach(async () => {
  await api.insist(server, { enabled: true });
  await agent.confirm();
  for (const node of [one, two]) await node.confirm();
  await api.insist(server, { enabled: false });
  for (const node of [one, two]) await node.confirm();
  tell(one, 0);
  tell(two, 0);
  expect(await drains()).toBe(1);
  // Nothing is known of what was before.
  for (const node of [one, two]) tell(node, 1);
  await pass();
});

const pass = () => api.part(EndIdleDrains).pass();

async function drains(): Promise<number> {
  return (await api.query('SELECT 1 FROM drain WHERE until > now()')).length;
}

function tell(node: TestNode, flows: number, flowsComplete = true): void {
  const traffic = { packets: 9, bytes: 9, packetsPerSecond: 0, bytesPerSecond: 0, flows };
  const servers = [{ number, address: HOST, ...traffic }];
  const told = { kind: 'stats', overMs: 1_000, flowsComplete, service: traffic, servers };
  node.replying = () => ({ format: 1, told });
}

describe('a drain', () => {
  it('ends when no director has counted a flow twice in a row, and its VIP may leave the host', async () => {
    for (const node of [one, two]) tell(node, 0);
    await pass();
    expect(await drains()).toBe(1);
    await pass();
    expect(await drains()).toBe(0);
    await expect.poll(() => api.query('SELECT 1 FROM drain')).toEqual([]);
    for (const node of [one, two]) await node.caughtUp();
    expect(one.weights(server.split('/')[3] ?? '')).toEqual({});
  });

  it('goes on while one director has a flow, also after one count of none', async () => {
    for (const counts of [
      [0, 0],
      [0, 3],
      [0, 0],
      [1, 0],
    ] as const) {
      tell(one, counts[0]);
      tell(two, counts[1]);
      await pass();
      const { body } = await api.get(server).expect(200);
      expect(JSON.stringify(body.status.conditions)).toContain(`Flows left: ${counts[0] + counts[1]}.`);
    }
    expect(await drains()).toBe(1);
  });

  it('goes on while a director could not count all', async () => {
    tell(one, 0);
    tell(two, 0, false);
    await pass();
    await pass();
    expect(await drains()).toBe(1);
  });

  it('goes on while a director has not confirmed it, or could not', async () => {
    for (const node of [one, two]) tell(node, 0);
    const key = server.split('/')[3] ?? '';
    const faults = [{ key, versionInForce: null, reason: 'Refused', message: 'No.' }];
    await one.report(one.directorReport({ faults }));
    await pass();
    await pass();
    expect(await drains()).toBe(1);
    await one.report(one.directorReport());
    await pass();
    await pass();
    expect(await drains()).toBe(0);
  });

  // Last, for another process asks then.
  it('is asked about by one process of all, and by another one where that is gone', async () => {
    const other = await api.another();
    for (const node of [one, two]) tell(node, 0);
    const otherPass = () => other.part(EndIdleDrains).pass();
    await otherPass();
    await otherPass();
    expect(await drains()).toBe(1);
    await api.query(
      `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
       WHERE l.locktype = 'advisory' AND d.datname = current_database()`,
    );
    await expect.poll(async () => (await otherPass(), drains()), { timeout: 10_000 }).toBe(0);
    await other.close();
  });
});
