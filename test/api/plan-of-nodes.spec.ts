/** What a plan says of nodes: of directors' tables, of hosts, and of flows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QuestionMessage } from '../../src/contract/questions.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { hostWith, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const BODY = { address: '192.0.2.201', port: 80, protocol: 'tcp', healthCheck: { type: 'none' } };

let api: ApiUnderTest;
let director: TestNode;
let agents: readonly TestNode[];
let path: string;
let id: string;
let servers: readonly string[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agents = await Promise.all(
    [11, 12].map((last) => TestNode.join(api, 'agent', `web-${last}`, [`192.0.2.${last}`])),
  );
  const made = await api.createService({
    ...BODY,
    address: VIP,
    realServers: [{ address: '192.0.2.11' }, { address: '192.0.2.12' }],
  });
  id = made.id;
  path = `/v1/virtual-services/${id}`;
  servers = made.realServers.map((server) => `${path}/real-servers/${server.id}`);
  for (const node of [director, ...agents]) await node.follow();
});
afterAll(async () => {
  for (const node of [director, ...agents]) node.leave();
  await api.close();
});

interface PlannedNodes {
  readonly directors: readonly Record<'chains' | 'commands' | 'later' | 'notes', readonly string[]>[];
  readonly hosts: readonly { name: string; linux: string[]; windows: string[]; notes: string[] }[];
  readonly flows: readonly {
    readonly newConnections: { movedPercent: number; movedOfStayingPercent: number | null } | null;
    readonly drained: number | null;
    readonly broken: number | null;
    readonly note: string | null;
  }[];
}

async function planned(
  method: 'post' | 'patch' | 'delete',
  at: string,
  body?: object,
): Promise<PlannedNodes> {
  const answer =
    method === 'delete'
      ? await api.delete(`${at}?dryRun=true`)
      : await api[method](`${at}?dryRun=true`, body ?? {});
  expect(answer.status).toBe(200);
  return answer.body.nodes as PlannedNodes;
}

/** Both servers have proven themselves, and the director has reported its interface. */
async function inForce(): Promise<void> {
  for (const agent of agents) await agent.confirm();
  await director.caughtUp();
  await director.report(director.directorReport({ host: hostWith(['192.0.2.2/24']) }));
}

describe('a plan', () => {
  it('says that a director has not reported', async () => {
    const { directors } = await planned('patch', path, { scheduler: 'source-hash' });
    expect(directors).toMatchObject([{ commands: [], later: [] }]);
    expect(directors[0]?.notes[0]).toContain('has not reported');
  });

  it('tells of a new service what each host does, and what directors do after', async () => {
    await inForce();
    const realServers = [{ address: '192.0.2.11' }];
    const { directors, hosts, flows } = await planned('post', '/v1/virtual-services', {
      ...BODY,
      realServers,
    });
    expect(directors).toMatchObject([{ name: 'lb-1', commands: [], servicesLeftOut: 0 }]);
    expect(directors[0]?.later.join('\n')).toMatch(
      /add element netdev homeward services4 \{ 192\.0\.2\.201 \. tcp \. 80 : \d+ \}/,
    );
    expect(directors[0]?.later.join('\n')).toMatch(/backends4\.eth0 \{ \d+ : 192\.0\.2\.11 \}/);
    expect(directors[0]?.notes.join()).toContain('takes the VIP');
    // It holds another VIP already, and is silent.
    expect(hosts).toMatchObject([{ nodeId: agents[0]?.id, name: 'web-11', notes: [] }]);
    expect(hosts[0]?.linux).toEqual([
      'nft add element arp homeward vips { 192.0.2.201 }',
      'ip address add 192.0.2.201/32 dev lo',
    ]);
    expect(hosts[0]?.windows.at(-1)).toContain("Set-Vip '192.0.2.201' 32");
    expect(flows).toMatchObject([{ newConnections: null, drained: 0, broken: 0, note: null }]);
  });

  it('tells of a server that drains what moves, and how many flows wait for their end', async () => {
    await inForce();
    director.replying = ({ question }: QuestionMessage) => ({
      format: 1,
      told: { kind: question.kind, flows: [], total: 7, complete: true },
    });
    const { directors, flows } = await planned('patch', servers[1] ?? '', { enabled: false });
    expect(director.questions.at(-1)?.question).toMatchObject({ kind: 'flows', service: id, limit: 1 });
    expect(directors[0]?.commands.join('\n')).toMatch(
      /delete element netdev homeward takers \{ \d+ \. \d+ \}/,
    );
    expect(directors[0]?.commands.join('\n')).not.toContain('backends4');
    expect(directors[0]?.later.join('\n')).toMatch(
      /delete element netdev homeward backends4\.eth0 \{ \d+ \}/,
    );
    expect(flows[0]?.newConnections).toMatchObject({
      movedPercent: 50,
      movedOfStayingPercent: 0,
      by: 'slots',
    });
    expect(flows[0]).toMatchObject({ drained: 7, broken: 0, note: null });
  });

  it('has no number where no director answers, and says why', async () => {
    await inForce();
    director.replying = () => undefined;
    const { hosts, directors, flows } = await planned('delete', path);
    expect(flows).toMatchObject([
      { drained: null, broken: null, note: 'Director lb-1 did not answer in time.' },
    ]);
    expect(flows[0]?.newConnections).toMatchObject({ movedPercent: 100, movedOfStayingPercent: null });
    expect(directors[0]?.notes.join()).toContain('gives up the VIP');
    expect(hosts.map(({ name }) => name)).toEqual(['web-11', 'web-12']);
    expect(hosts[0]?.linux[0]).toBe(`ip address del ${VIP}/32 dev lo`);
  });

  it('leaves a VIP on the host that another service has it on, and closes the door of the one', async () => {
    const realServers = [{ address: '192.0.2.11' }];
    const other = await api.createService({ ...BODY, address: VIP, port: 443, realServers });
    const { hosts } = await planned('delete', path);
    expect(hosts).toMatchObject([
      { name: 'web-11', linux: [], windows: ['Close-Door Homeward-192.0.2.200-tcp-80'], notes: [] },
      { name: 'web-12', linux: expect.arrayContaining([`ip address del ${VIP}/32 dev lo`]) },
    ]);
    await api.insist(`/v1/virtual-services/${other.id}`);
  });

  it('tells of one more server what comes to what is there, when it has proven itself', async () => {
    await inForce();
    const { directors } = await planned('post', `${path}/real-servers`, { address: '192.0.2.13' });
    const later = directors[0]?.later.join('\n');
    expect(later).toMatch(/add element netdev homeward backends4\.eth0 \{ \d+ : 192\.0\.2\.13 \}/);
    expect(later).not.toContain('services4');
  });

  it('knows that a director without the service has no flow of it', async () => {
    director.replying = () => ({ format: 1, refusal: { reason: 'NotInForce', message: 'It is not here.' } });
    const { flows } = await planned('delete', path);
    expect(flows).toMatchObject([{ drained: 0, broken: 0, note: null }]);
  });

  it('tells what somebody has to do on a host without an agent', async () => {
    const realServers = [{ address: '192.0.2.77', managed: false }];
    const { hosts } = await planned('post', '/v1/virtual-services', { ...BODY, realServers });
    expect(hosts).toMatchObject([{ nodeId: null, name: '192.0.2.77' }]);
    expect(hosts[0]?.linux.at(-1)).toContain("set_vip '192.0.2.201' 32");
    expect(hosts[0]?.notes.join()).toContain('no agent on this host');
  });

  it('has no command where a rule is broken', async () => {
    const realServers = [{ address: '192.0.2.11', port: 81 }];
    const { directors, hosts, flows } = await planned('post', '/v1/virtual-services', {
      ...BODY,
      realServers,
    });
    expect(hosts).toEqual([]);
    expect(flows).toEqual([]);
    expect(directors).toMatchObject([{ commands: [], later: [] }]);
  });
});
