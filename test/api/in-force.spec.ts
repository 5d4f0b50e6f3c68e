/** What is said to be in force: no more than every director has confirmed, and no less because an agent is late. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fault } from '../../src/contract/report.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { proved, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let nodes: TestNode[];
let path: string;
let served: number;

beforeEach(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  nodes = [director, agent];
  await director.follow();
  await agent.follow();
  const body = { address: VIP, drainSeconds: 0, realServers: [{ address: HOST }] };
  const { id, revision } = await api.createService(body);
  path = `/v1/virtual-services/${id}`;
  served = revision;
  await agent.confirm();
  await director.confirm();
});

afterEach(async () => {
  for (const node of nodes) node.leave();
  await api.close();
});

async function status(of = path) {
  const { body } = await api.get(of).expect(200);
  return body.status;
}

/** A change that moves the directors' document. @returns its revision. */
async function change(weight: number): Promise<number> {
  const { body } = await api.get(path).expect(200);
  const changed = await api.patch(`${path}/real-servers/${body.realServers[0].id}`, { weight }).expect(200);
  expect(changed.status).toBe(200);
  return (await api.get(path)).body.revision;
}

function fault(versionInForce: number | null): Fault {
  return { key: path.split('/').at(-1) ?? '', versionInForce, reason: 'KernelRefused', message: 'No.' };
}

it('a change that the director has not confirmed leaves the one before in force', async () => {
  expect(await status()).toMatchObject({ provisioning: 'in-sync', observedRevision: served });
  await change(5);
  expect(await status()).toMatchObject({ provisioning: 'pending', observedRevision: served });
});

it.each<[string, () => Promise<void>]>([
  [
    'has just opened a stream',
    async () => {
      const second = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
      nodes.push(second);
      await second.follow();
    },
  ],
  [
    'has joined and was never heard of',
    async () => void nodes.push(await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3'])),
  ],
  [
    'confirmed in another epoch',
    async () => {
      const second = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
      nodes.push(second);
      await second.follow();
      await second.confirm();
      await api.query('UPDATE node_status SET epoch = 0 WHERE node_id = $1', [second.id]);
    },
  ],
  ['could not put the document in force', () => director.confirm([fault(null)])],
])('a revision counts as confirmed by none while a director %s', async (_name, make) => {
  await change(5);
  await director.confirm();
  await make();
  await change(6);
  // The revision that was last in force everywhere, not the one that only some had.
  expect(await status()).toMatchObject({ observedRevision: served });
});

it('control: the same changes count once the directors have confirmed them', async () => {
  const second = await change(5);
  await director.confirm();
  await change(6);
  expect(await status()).toMatchObject({ provisioning: 'pending', observedRevision: second });
});

it('an agent that is late takes back nothing of what is forwarded', async () => {
  const waiting = await TestNode.join(api, 'agent', 'web-2', ['192.0.2.12']);
  nodes.push(waiting);
  await change(5);
  await director.confirm();
  await api.post(`${path}/real-servers`, { address: '192.0.2.12' }).expect(201);
  await director.confirm();
  const { body } = await api.get(path);
  expect(body.status).toMatchObject({ provisioning: 'pending', observedRevision: body.revision });

  await api.post('/v1/virtual-services', { address: '192.0.2.210', port: 80, protocol: 'tcp' }).expect(201);
  await waiting.follow();
  await waiting.confirm();
  expect(await status(), 'the director has yet to take the new server').toMatchObject({
    provisioning: 'pending',
    observedRevision: body.revision,
  });
  await director.confirm();
  expect(await status()).toMatchObject({ provisioning: 'in-sync', observedRevision: body.revision });
});

it('an agent that is away is shown as away, and its server stays online', async () => {
  const server = async () => (await api.get(path)).body.realServers[0].status;
  const reachable = async () =>
    (await server()).conditions.find(({ type }: { type: string }) => type === 'AgentReachable');
  expect(await reachable()).toMatchObject({ status: 'True', reason: 'Connected' });
  await api.query(`UPDATE node_status SET last_seen_at = now() - interval '1 h' WHERE node_id = $1`, [
    agent.id,
  ]);
  expect(await reachable()).toMatchObject({ status: 'False', reason: 'AgentAway' });
  expect(await server()).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
  await agent.report(agent.agentReport());
  expect(await reachable()).toMatchObject({ status: 'True' });
});

it('a real server is not in sync while its agent says that the VIP is not there', async () => {
  const server = async () => (await api.get(path)).body.realServers[0].status.provisioning;
  expect(await server()).toBe('in-sync');
  await agent.report(agent.agentReport({ vips: [proved(VIP, { bound: false, reason: 'NotBound' })] }));
  await director.confirm();
  expect(await server()).toBe('pending');
});

it('a node with a fault has no more in force than it says, and is counted', async () => {
  const inForce = async () => (await api.get(`/v1/nodes/${director.id}`)).body.revisionInForce;
  const metric = async (name: string) =>
    (await api.get('/metrics')).text.match(
      new RegExp(`${name}\\{role="director",name="lb-1"\\} (\\d+)`),
    )?.[1];
  // A name moves no document: a node without faults has this revision in force at once.
  const { body } = await api.patch(path, { name: 'shop' }).expect(200);
  expect([await inForce(), await metric('homeward_node_faults')]).toEqual([body.revision, '0']);

  await director.confirm([fault(1)]);
  const own = director.directorReport().revision;
  expect(own).toBeLessThan(body.revision);
  expect([await inForce(), await metric('homeward_node_faults')]).toEqual([own, '1']);
  expect(await metric('homeward_node_behind_versions')).toBe('0');
  await api.query('UPDATE node_status SET epoch = 0 WHERE node_id = $1', [director.id]);
  expect(Number(await metric('homeward_node_behind_versions'))).toBeGreaterThan(0);
});

it('a node with very many faults shows the first of them, and how many there are', async () => {
  await director.confirm([...Array(150).keys()].map((index) => ({ ...fault(1), key: `key ${index + 100}` })));
  const { faults, faultCount } = (await api.get(`/v1/nodes/${director.id}`)).body;
  expect(faults).toHaveLength(100);
  expect([faults[0].key, faults[99].key, faultCount]).toEqual(['key 100', 'key 199', 150]);
  const [listed] = (await api.get('/v1/nodes?name=web-1')).body.items;
  expect([listed.faults, listed.faultCount]).toEqual([[], 0]);
});

it('the tree shows what each node of a service has in force, and why', async () => {
  const tree = async () => (await api.get(`${path}/status`).expect(200)).body;
  const whole = { provisioning: 'in-sync', revisionInForce: served, reason: 'Confirmed' };
  const seen = await tree();
  expect(seen).toMatchObject({ id: path.split('/').at(-1), revision: served, status: await status() });
  expect(seen.directors).toMatchObject([{ id: director.id, name: 'lb-1', connected: true, ...whole }]);
  const { id, address, status: ofServer } = (await api.get(path)).body.realServers[0];
  expect(seen.realServers).toMatchObject([
    { id, address, status: ofServer, agent: { id: agent.id, name: 'web-1', ...whole } },
  ]);

  const second = await change(5);
  const behind = { provisioning: 'pending', revisionInForce: served, reason: 'NotConfirmed' };
  expect(await tree()).toMatchObject({
    revision: second,
    directors: [behind],
    realServers: [{ agent: { ...whole, revisionInForce: second } }],
  });
  await director.confirm([fault(1)]);
  const failed = { provisioning: 'failed', revisionInForce: null, reason: 'KernelRefused', message: 'No.' };
  expect((await tree()).directors).toMatchObject([failed]);
  await api.get('/v1/virtual-services/00000000-0000-4000-8000-000000000000/status').expect(404);
});
