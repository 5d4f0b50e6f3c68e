/** What somebody undid on a host, as the agent tells it and as operators read it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MOST_DRIFTS, NO_DRIFT } from '../../src/contract/report.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { drift, TestNode } from '../support/test-node.js';

let api: ApiUnderTest;
let agent: TestNode;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  agent = await TestNode.join(api, 'agent', 'web-1', ['192.0.2.11']);
});

afterAll(() => api.close());

const shown = async (id: string) => (await api.get(`/v1/nodes/${id}`).expect(200)).body.drift;
const counted = async () =>
  (await api.get('/metrics')).text
    .split('\n')
    .filter((line) => line.startsWith('homeward_node_drifts_total'));

it('is shown as the agent told it last, and counted', async () => {
  expect(await shown(agent.id)).toBeNull();
  expect(await counted()).toEqual([]);

  const vip = drift({
    thing: 'VIP 192.0.2.200',
    found: 'absent',
    wanted: 'on lo',
    count: 6,
    repaired: false,
  });
  const told = { total: 7, latest: [vip, drift()] };
  await agent.report(agent.agentReport({ drift: told }));
  expect(await shown(agent.id)).toEqual(told);
  expect(await counted()).toEqual(['homeward_node_drifts_total{role="agent",name="web-1"} 7']);
  const { body } = await api.get('/v1/nodes').expect(200);
  expect(body.items[0].drift).toEqual(told);

  // The agent was started anew, and so begins its count; a counter may do that.
  await agent.report(agent.agentReport({ drift: NO_DRIFT }));
  expect(await shown(agent.id)).toEqual(NO_DRIFT);
  expect(await counted()).toEqual(['homeward_node_drifts_total{role="agent",name="web-1"} 0']);
});

it('is taken with as many things as a report may name', async () => {
  const latest = Array.from({ length: MOST_DRIFTS }, (_, each) => drift({ thing: `VIP 198.51.100.${each}` }));
  await agent.report(agent.agentReport({ drift: { total: 10_000, latest } }));
  expect((await shown(agent.id)).latest).toHaveLength(MOST_DRIFTS);
});

it('is shown and counted of a director, too, and is nothing where its engine does not tell', async () => {
  const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  await director.report(director.directorReport());
  expect(await shown(director.id)).toBeNull();
  const told = { total: 3, latest: [drift({ thing: 'rules of netdev homeward' })] };
  await director.report(director.directorReport({ drift: told }));
  expect(await shown(director.id)).toEqual(told);
  expect(await counted()).toContain('homeward_node_drifts_total{role="director",name="lb-1"} 3');
});
