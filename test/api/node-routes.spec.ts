/** What nodes may say and see: their own documents, reports that make sense, one door each. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOIN_PATH } from '../../src/contract/join.js';
import { ANSWERS_PATH } from '../../src/contract/questions.js';
import { MOST_DRIFTS, REPORT_PATH, type HostDrift, type ReportedDrift } from '../../src/contract/report.js';
import { DOCUMENTS_PATH } from '../../src/contract/stream.js';
import { ADMIN_TOKEN, ApiUnderTest } from '../support/api-under-test.js';
import { drift, hostWith, proved, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const drifted = (...latest: ReportedDrift[]): HostDrift => ({ total: 9, latest });
let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let neighbour: TestNode;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', ['192.0.2.11']);
  neighbour = await TestNode.join(api, 'agent', 'web-2', ['192.0.2.12']);
  await api.createService({ address: VIP, realServers: [{ address: '192.0.2.11' }] });
  await api.createService({ address: '192.0.2.201', realServers: [{ address: '192.0.2.12' }] });
  for (const node of [director, agent, neighbour]) await node.follow();
});

afterAll(async () => {
  for (const node of [director, agent, neighbour]) node.leave();
  await api.close();
});

it('an agent is sent the VIPs of its own host and nothing else, whatever it asks for', async () => {
  expect([agent.vips(), neighbour.vips()]).toEqual([[VIP], ['192.0.2.201']]);
  for (const query of [`?node=${neighbour.id}`, `?scope=${neighbour.id}`, '?scope=directors']) {
    const answer = await api.send('get', `${DOCUMENTS_PATH}${query}`, agent.credential);
    expect([answer.status, answer.body.code]).toEqual([400, 'unknown-parameter']);
  }
});

it('an agent proves nothing for the host of another', async () => {
  await agent.confirm();
  await agent.report(agent.agentReport({ vips: [proved(VIP), proved('192.0.2.201')] }));
  await director.caughtUp();
  const targets = [...director.held.values()].flatMap(({ body }) =>
    body?.kind === 'service' ? body.servers : [],
  );
  expect(targets.map(({ address }) => address)).toEqual(['192.0.2.11']);
});

describe('a credential opens its own door only:', () => {
  const OPERATORS = [
    ['get', '/v1/virtual-services'],
    ['post', '/v1/virtual-services'],
    ['get', '/v1/nodes'],
    ['post', '/v1/nodes'],
    ['get', '/v1/revisions'],
    ['get', '/v1/capabilities'],
  ] as const;

  it.each(OPERATORS)('%s %s takes no credential of a node', async (method, path) => {
    for (const { credential } of [agent, director]) {
      const answer = await api.send(method, path, credential);
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  it.each([
    ['get', DOCUMENTS_PATH],
    ['put', REPORT_PATH],
    ['put', `${ANSWERS_PATH}/${randomUUID()}`],
  ] as const)('%s %s takes no token of an operator', async (method, path) => {
    for (const token of [ADMIN_TOKEN, null, `${agent.credential}x`, agent.id]) {
      const answer = await api.send(method, path, token);
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    }
  });
});

describe('a report that makes no sense is refused whole:', () => {
  const cases: [string, () => object | string][] = [
    ['nothing', () => '{}'],
    ['a list', () => '[]'],
    ['no JSON', () => '{"format":1'],
    ['another format', () => agent.agentReport({ format: 2 })],
    ['a report of the other role', () => director.directorReport()],
    ['a field too many', () => ({ ...agent.agentReport(), extra: 1 })],
    ['a field too few', () => ({ ...agent.agentReport(), vips: undefined })],
    ['a VIP that is no address', () => agent.agentReport({ vips: [proved('localhost')] })],
    ['a VIP in another spelling', () => agent.agentReport({ vips: [proved('192.0.2.200/32')] })],
    ['a VIP twice', () => agent.agentReport({ vips: [proved(VIP), proved(VIP, { bound: false })] })],
    ['a fault twice', () => agent.agentReport({ faults: [fault(VIP), fault(VIP)] })],
    [
      'NUL in a message',
      () => JSON.stringify(agent.agentReport({ vips: [proved(VIP, { message: 'a\0b' })] })),
    ],
    [
      'half a surrogate pair',
      () => JSON.stringify(agent.agentReport({ vips: [proved(VIP, { message: '\ud800' })] })),
    ],
    [
      'a reason that is no word',
      () => agent.agentReport({ vips: [proved(VIP, { reason: 'no; rm -rf /' })] }),
    ],
    [
      'a message without an end',
      () => agent.agentReport({ vips: [proved(VIP, { message: 'x'.repeat(2_049) })] }),
    ],
    [
      'a position below zero',
      () => agent.agentReport({ position: { cluster: randomUUID(), epoch: 1, version: -1 } }),
    ],
    [
      'a revision that loses digits',
      () => JSON.stringify(agent.agentReport()).replace(/"revision":\d+/, '"revision":9007199254740993'),
    ],
    ['a key twice', () => JSON.stringify(agent.agentReport()).replace('{', '{"revision":1,')],
    ['an interface address that is none', () => agent.agentReport({ host: hostWith(['1::2::3/64']) })],
    [
      'an interface address with an impossible prefix',
      () => agent.agentReport({ host: hostWith(['192.0.2.11/99']) }),
    ],
    ['a condition twice', () => agent.agentReport({ conditions: conditions('Same', 'Same') })],
    [
      'more conditions than anybody reads',
      () => agent.agentReport({ conditions: conditions(...[...Array(65).keys()].map((each) => `C${each}`)) }),
    ],
    [
      'more interfaces than a host has',
      () => {
        const { interfaces, gateways } = hostWith(['192.0.2.11/24']);
        return agent.agentReport({
          host: { interfaces: [...Array(1_025).keys()].flatMap(() => interfaces), gateways },
        });
      },
    ],
    ['a drift twice', () => agent.agentReport({ drift: drifted(drift(), drift()) })],
    [
      'a drift on no day',
      () => agent.agentReport({ drift: drifted(drift({ lastAt: '2026-02-30T00:00:00.000Z' })) }),
    ],
    [
      'a drift without an end',
      () => agent.agentReport({ drift: drifted(drift({ found: 'x'.repeat(129) })) }),
    ],
    [
      'more drifts than anybody reads',
      () =>
        agent.agentReport({
          drift: drifted(
            ...Array.from({ length: MOST_DRIFTS + 1 }, (_, each) => drift({ thing: `${each}` })),
          ),
        }),
    ],
    ['an interface address in octal', () => agent.agentReport({ host: hostWith(['09.0.0.1/24']) })],
  ];

  it.each(cases)('%s', async (_name, make) => {
    await agent.confirm();
    const facts = () => api.query('SELECT vip, bound, silent, message FROM vip_fact ORDER BY vip, node_id');
    const before = await facts();
    const report = make();
    const answer = await agent.put(typeof report === 'string' ? report : JSON.stringify(report));
    expect(answer.status, answer.text).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(await facts()).toEqual(before);
    await agent.report(agent.agentReport());
  });

  it('a director that names a fault twice', async () => {
    expect((await director.put(director.directorReport({ faults: [fault('x'), fault('x')] }))).status).toBe(
      400,
    );
  });

  it('an epoch that no database counts to confirms nothing, and is no fault of ours', async () => {
    const position = { cluster: agent.position?.cluster ?? '', epoch: 2 ** 40, version: 1 };
    const answer = await agent.put(agent.agentReport({ position }));
    expect(answer.status).toBeLessThan(500);
    await agent.confirm();
  });

  it('more bytes than a host can have to say', async () => {
    const answer = await agent.put(`{"x":"${'x'.repeat(32 * 1_048_576)}"}`);
    expect([answer.status, answer.body.code]).toEqual([413, 'body-too-large']);
  });
});

it.each([
  ['?version=1', 200],
  ['?cluster=no&epoch=1&version=1', 400],
  ['?cluster=00000000-0000-4000-8000-000000000000&epoch=-1&version=1', 400],
  ['?version=1e3', 400],
  ['?version=99999999999999999999', 400],
  ['?version=1&version=2', 400],
  ['?version=%00', 400],
])('a stream that is asked for with %s answers %i', async (query, status) => {
  const stop = new AbortController();
  const headers = { Authorization: `Bearer ${agent.credential}` };
  const answer = await fetch(`${api.base}${DOCUMENTS_PATH}${query}`, { headers, signal: stop.signal });
  expect(answer.status).toBe(status);
  stop.abort();
});

it('whatever a node sends, it is never a fault of ours', async () => {
  const reports = fc.oneof(
    fc.record({ base: fc.constantFrom('agent', 'director'), path: fc.nat(), value: fc.json() }),
    fc.json().map((value) => ({ base: null, path: 0, value })),
  );
  await fc.assert(
    fc.asyncProperty(reports, fc.constantFrom(agent, director), async ({ base, path, value }, node) => {
      const text =
        base === null
          ? value
          : spoiled(
              base === 'agent' ? agent.agentReport({ faults: [fault(VIP)] }) : director.directorReport(),
              path,
              value,
            );
      const route =
        path % 5 === 0 ? api.send('post', JOIN_PATH, null) : api.send('put', REPORT_PATH, node.credential);
      const answer = await route.type('application/json').send(text);
      expect(answer.status, `${answer.text} of ${text}`).toBeLessThan(500);
    }),
    { numRuns: 400, seed: 20_261_123 },
  );
}, 30_000);

function conditions(...types: readonly string[]) {
  return types.map((type) => ({ type, status: 'True' as const, reason: 'Well', message: '' }));
}

function fault(key: string) {
  return { key, versionInForce: null, reason: 'Refused', message: 'No.' };
}

/** A report with one of its values, however deep, replaced by another JSON text. */
function spoiled(report: object, index: number, json: string): string {
  const places: [object, string][] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      places.push([value, key]);
      visit(inner);
    }
  };
  const copy = structuredClone(report);
  visit(copy);
  const [holder, key] = places[index % places.length] ?? [copy, 'format'];
  Object.assign(holder, { [key]: JSON.parse(json) as unknown });
  return JSON.stringify(copy);
}
