/** Reports that arrive together are taken together, and one that cannot be taken keeps no other from being taken. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOSTS = Array.from({ length: 10 }, (_, index) => `192.0.2.${index + 11}`);

let api: ApiUnderTest;
let director: TestNode;
let agents: TestNode[];
let id: string;

beforeEach(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  await director.follow();
  agents = [];
  for (const host of HOSTS) agents.push(await TestNode.join(api, 'agent', `web-${host}`, [host]));
  ({ id } = await api.createService({ address: VIP, realServers: HOSTS.map((address) => ({ address })) }));
  for (const agent of agents) await agent.follow();
});

afterEach(async () => {
  for (const node of [director, ...agents]) node.leave();
  await api.close();
});

async function version(): Promise<number> {
  const [row] = await api.query<{ version: number }>('SELECT version::int AS version FROM cluster');
  return row?.version ?? 0;
}

it('ten hosts that prove themselves at once move the document a few times, not ten', async () => {
  const before = await version();
  const answers = await Promise.all(agents.map((agent) => agent.put(agent.agentReport())));
  expect(answers.map(({ status }) => status)).toEqual(HOSTS.map(() => 200));
  await director.caughtUp();
  expect(Object.keys(director.weights(id)).sort()).toEqual([...HOSTS].sort());
  expect((await version()) - before).toBeLessThan(6);
});

it('a report that is refused in a group leaves the others as they are', async () => {
  const [stranger] = agents;
  const runner = api.dataSource.createQueryRunner();
  await runner.startTransaction();
  await runner.query('SELECT 1 FROM node WHERE id = $1 FOR UPDATE', [stranger?.id]);
  const waiting = Promise.all(agents.map((agent) => agent.put(agent.agentReport())));
  await new Promise((resolve) => setTimeout(resolve, 400));
  await runner.query(`UPDATE node SET credential_hash = '\\x00' WHERE id = $1`, [stranger?.id]);
  await runner.commitTransaction();
  await runner.release();
  const statuses = (await waiting).map(({ status }) => status);
  expect(statuses).toEqual([401, ...HOSTS.slice(1).map(() => 200)]);
  await director.caughtUp();
  expect(Object.keys(director.weights(id)).sort()).toEqual(HOSTS.slice(1).sort());
});
