/** What operators are told of the traffic of a virtual service, from what its directors say. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowsQuestion } from '../../src/contract/questions.js';
import type { FlowTold, Traffic } from '../../src/contract/told.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

let api: ApiUnderTest;
let one: TestNode;
let two: TestNode;
let path: string;
let servers: readonly { readonly id: string; readonly number: number }[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const realServers = [{ address: '192.0.2.11' }, { address: '192.0.2.12' }];
  const { id, ...made } = await api.createService({ address: '192.0.2.200', realServers });
  path = `/v1/virtual-services/${id}`;
  const numbers = await api.query<{ id: string; number: number }>('SELECT id, number FROM real_server');
  servers = made.realServers.map((server) => ({
    id: server.id,
    number: numbers.find((each) => each.id === server.id)?.number ?? 0,
  }));
  one = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  two = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
  for (const node of [one, two]) await node.follow();
});
afterAll(async () => {
  for (const node of [one, two]) node.leave();
  await api.close();
});

describe('a probe', () => {
  it('tells who answered each director, and whose he is', async () => {
    const agent = await TestNode.join(api, 'agent', 'web-1', ['192.0.2.11']);
    const cards = (node: TestNode, mac: string) => {
      const card = { name: 'eth0', mac, up: true, mtu: 1_500, addresses: [] };
      const host = { interfaces: [card], gateways: [] };
      return node.report(node.role === 'agent' ? node.agentReport({ host }) : node.directorReport({ host }));
    };
    await cards(agent, '02:00:00:00:00:b1');
    await cards(two, '02:00:00:00:00:ab');
    const answers = ['b1', 'ab', 'ac', 'ee'].map((last) => ({
      mac: `02:00:00:00:00:${last}`,
      fellow: last === 'ac',
    }));
    one.replying = () => ({ format: 1, told: { kind: 'owners', held: true, answers } });
    two.replying = () => ({ format: 1, refusal: { reason: 'NotUnderstood', message: 'It is older.' } });
    const { body } = await api.post(`${path}/probe`, {}).expect(200);
    expect(body.address).toBe('192.0.2.200');
    expect(body.directors[0]).toMatchObject({ name: 'lb-1', trouble: null });
    expect(body.directors[0].probe).toEqual({
      held: true,
      answers: [
        { mac: '02:00:00:00:00:b1', owner: 'agent', node: 'web-1' },
        { mac: '02:00:00:00:00:ab', owner: 'director', node: 'lb-2' },
        { mac: '02:00:00:00:00:ac', owner: 'director', node: null },
        { mac: '02:00:00:00:00:ee', owner: 'unknown', node: null },
      ],
    });
    expect(body.directors[1]).toMatchObject({ name: 'lb-2', probe: null, trouble: expect.any(Object) });
    await api.delete(`/v1/nodes/${agent.id}?force=true`);
  });
});

describe('stats', () => {
  const traffic = (packets: number): Traffic => ({
    packets,
    bytes: packets * 100,
    packetsPerSecond: packets / 4,
    bytesPerSecond: packets * 25,
    flows: 1,
  });
  const stats = (packets: number, ...parts: readonly (readonly [number, number])[]) => ({
    kind: 'stats',
    overMs: 1_000,
    flowsComplete: true,
    service: traffic(packets),
    servers: parts.map(([server, own]) => ({
      number: servers[server]?.number ?? 4_711,
      address: `192.0.2.${11 + server}`,
      ...traffic(own),
    })),
  });

  it('are what each director says, and the sum', async () => {
    one.replying = () => ({ format: 1, told: stats(9, [0, 6], [1, 3]) });
    two.replying = () => ({ format: 1, told: stats(5, [0, 4], [7, 1]) });
    const { body } = await api.get(`${path}/stats`).expect(200);
    expect(body.complete).toBe(true);
    expect(body.service).toEqual({
      packets: 14,
      bytes: 1_400,
      packetsPerSecond: 4,
      bytesPerSecond: 350,
      flows: 2,
    });
    const packets = (list: readonly { realServerId: string; packets: number }[]) =>
      list.map((each) => [each.realServerId, each.packets]);
    expect(packets(body.realServers)).toEqual([
      [servers[0]?.id, 10],
      [servers[1]?.id, 3],
      [null, 1],
    ]);
    expect(packets(body.directors[1].stats.realServers)).toEqual([
      [servers[0]?.id, 4],
      [null, 1],
    ]);
  });

  it('are not complete where a director has none or could not count all', async () => {
    one.replying = () => ({ format: 1, told: { ...stats(9), flowsComplete: false } });
    expect((await api.get(`${path}/stats`).expect(200)).body.complete).toBe(false);
    one.replying = () => ({ format: 1, refusal: { reason: 'NotInForce', message: 'No.' } });
    const { body } = await api.get(`${path}/stats`).expect(200);
    expect([body.complete, body.service.packets]).toEqual([false, 5]);
    expect(body.directors[0]).toMatchObject({ stats: null, trouble: { code: 'not-in-force' } });
  });

  it('are asked of no director for a service that is not there', async () => {
    const asked = one.questions.length;
    await api.get(`/v1/virtual-services/${one.id}/stats`).expect(404);
    expect(one.questions.length).toBe(asked);
  });
});

describe('flows', () => {
  const flow = (key: string): FlowTold => ({
    key,
    state: 'established',
    source: '198.51.100.10',
    sourcePort: Number.parseInt(key, 16),
    server: servers[0]?.number ?? 0,
    address: '192.0.2.11',
    expiresInMs: 1_500,
  });
  /** Answers as a director does that remembers these keys. */
  const remembering =
    (...keys: readonly string[]) =>
    ({ question }: { readonly question: unknown }) => {
      const { after = '', limit } = question as FlowsQuestion;
      const left = keys.filter((key) => key > after);
      const flows = left.slice(0, limit).map(flow);
      return { format: 1, told: { kind: 'flows', flows, total: left.length, complete: true } };
    };
  const shown = ({ items }: { readonly items: readonly { director: string; sourcePort: number }[] }) =>
    items.map(({ director, sourcePort }) => `${director} ${sourcePort}`);

  it('come director by director, in pages that neither repeat nor leave out any', async () => {
    one.replying = remembering('01', '02', '03');
    two.replying = remembering('01', '04');
    const pages: string[][] = [];
    for (let next: string | null = `${path}/flows?limit=2`; next !== null;) {
      const answer = await api.get(next).expect(200);
      const page = answer.body as Parameters<typeof shown>[0] & { readonly nextCursor: string | null };
      pages.push(shown(page));
      next = page.nextCursor === null ? null : `${path}/flows?limit=2&cursor=${page.nextCursor}`;
    }
    expect(pages).toEqual([['lb-1 1', 'lb-1 2'], ['lb-1 3', 'lb-2 1'], ['lb-2 4']]);
    const { body } = await api.get(`${path}/flows?limit=3&total=true`).expect(200);
    expect([shown(body).length, body.total, body.complete]).toEqual([3, 5, true]);
    expect(body.items[0]).toMatchObject({ realServerId: servers[0]?.id, expiresInSeconds: 2 });
    const rest = await api.get(`${path}/flows?cursor=${body.nextCursor}`).expect(200);
    expect(shown(rest.body)).toEqual(['lb-2 1', 'lb-2 4']);
  });

  it('can be those of one director, of one real server and from one source', async () => {
    one.questions.length = two.questions.length = 0;
    const query = `directorId=${two.id}&realServerId=${servers[1]?.id ?? ''}&source=198.51.100.10`;
    const { body } = await api.get(`${path}/flows?${query}`).expect(200);
    expect(shown(body)).toEqual(['lb-2 1', 'lb-2 4']);
    expect(one.questions).toEqual([]);
    expect(two.questions[0]?.question).toMatchObject({
      server: servers[1]?.number,
      source: '198.51.100.10',
    });
  });

  it('of one director are shown when the other does not tell', async () => {
    one.replying = () => ({ format: 1, refusal: { reason: 'Failed', message: 'perl is missing' } });
    const { body } = await api.get(`${path}/flows`).expect(200);
    expect(shown(body)).toEqual(['lb-2 1', 'lb-2 4']);
    expect(body.directors[0].trouble.message).toMatch(/lb-1.*perl is missing/);
  });

  it('are at their end where the director of the next page is gone', async () => {
    const cursor = Buffer.from(JSON.stringify(['lb-9', '01'])).toString('base64url');
    const { body } = await api.get(`${path}/flows?cursor=${cursor}`).expect(200);
    expect(body).toEqual({ items: [], nextCursor: null, complete: true, directors: [] });
  });

  it('over IPv6 are not looked for by their source, which no director remembers', async () => {
    const { id } = await api.createService({ address: '2001:db8::200' });
    const { body } = await api.get(`/v1/virtual-services/${id}/flows?source=2001:db8::1`).expect(400);
    expect(body).toMatchObject({ code: 'parameter-invalid', errors: [{ field: 'source' }] });
  });

  it.each([
    ['a cursor of another list', 'cursor=WzFd', 400],
    ['a cursor that is none', 'cursor=x', 400],
    ['a real server of nobody', 'realServerId=00000000-0000-4000-8000-000000000000', 404],
    ['a director of nobody', 'directorId=00000000-0000-4000-8000-000000000000', 404],
  ])('are refused for %s', async (_, query, status) => {
    await api.get(`${path}/flows?${query}`).expect(status);
  });
});
