/** Thousands of generated requests to every route: none is a fault of ours, and the database keeps what it promises. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../../src/contract/digest.js';
import type { DocumentBody } from '../../src/contract/documents.js';
import type { Told } from '../../src/contract/questions.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';
import { ROUTES, wild, type Wild } from '../support/wild-requests.js';

const SEED = 20_261_123;
const REQUESTS = 3_000;
/** Requests at the same time: writers meet, and the run stays short. */
const AT_ONCE = 6;

/** Neither reads intent nor writes it, or answers for as long as somebody listens. */
const NOT_SENT = /^get \/(healthz|readyz|metrics|openapi\.json|install.*|node\/v1\/documents)$/;

let api: ApiUnderTest;
/** Answers what it is asked, so that routes about traffic come further than to nobody. */
let director: TestNode;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.250']);
  await director.follow();
  director.replying = ({ question }) => ({ format: 1, told: TOLD[question.kind] });
});

afterAll(async () => {
  director.leave();
  await api.close();
});

const NO_TRAFFIC = { packets: 0, bytes: 0, packetsPerSecond: 0, bytesPerSecond: 0, flows: 0 };
const TOLD: { readonly [K in Told['kind']]: Extract<Told, { readonly kind: K }> } = {
  stats: { kind: 'stats', overMs: 1_000, flowsComplete: true, service: NO_TRAFFIC, servers: [] },
  flows: { kind: 'flows', flows: [], total: 0, complete: true },
  route: { kind: 'route', reason: 'no-server', server: null, address: null, slot: 1, expiresInMs: null },
  owners: { kind: 'owners', held: true, answers: [] },
};

it('can be sent to every route', () => {
  const sent = new Set(ROUTES.map((route) => route.replaceAll(/:\w+/g, ':id')));
  const served = api.routes().filter((route) => !NOT_SENT.test(route));
  expect(served.filter((route) => !sent.has(route.replaceAll(/{\w+}/g, ':id')))).toEqual([]);
});

interface Known {
  readonly service: string[];
  readonly server: Map<string, string>;
  readonly node: string[];
}

it(`is answered, by ${REQUESTS} requests of seed ${SEED}, without one fault of ours`, async () => {
  const known: Known = { service: [], server: new Map(), node: [] };
  const statuses = new Map<number, number>();
  const requests = fc.sample(wild, { numRuns: REQUESTS, seed: SEED });
  for (let start = 0; start < requests.length; start += AT_ONCE) {
    const answers = await Promise.all(
      requests.slice(start, start + AT_ONCE).map((request) => sendOne(request, known)),
    );
    for (const status of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (start % 300 === 0) await director.report(director.directorReport());
    if (start % 1_500 === 0) await expectInvariants();
  }
  await expectInvariants();
  const seen = [...statuses.keys()];
  expect(seen, 'the requests come everywhere').toEqual(
    expect.arrayContaining([200, 201, 204, 400, 404, 409, 412, 415, 422]),
  );
  expect(statuses.get(201)).toBeGreaterThan(REQUESTS / 60);
}, 50_000);

async function sendOne({ route, body, query, pick, ifMatch, type }: Wild, known: Known): Promise<number> {
  const [method = 'get', template = ''] = route.split(' ');
  const service = known.service[pick % Math.max(1, known.service.length)] ?? 'none';
  const path = template
    .replace(':service', service)
    .replace(':server', known.server.get(service) ?? 'none')
    .replace(':node', known.node[pick % Math.max(1, known.node.length)] ?? 'none')
    .replace(':number', String(pick % 100));
  const call = api.send(method, path + query);
  if (ifMatch !== undefined) call.set('If-Match', ifMatch);
  if (method !== 'get' && method !== 'delete')
    call
      .type(type)
      .serialize((text) => text as string)
      .send(body as unknown as object);
  const answer = await call;
  expect(answer.status, `${method} ${path}${query} ${body}\n${answer.text}`).toBeLessThan(500);
  if (answer.status >= 400) expect(answer.headers['content-type']).toBe('application/problem+json');
  else remember(method, template, service, answer.body, known);
  return answer.status;
}

/** Later requests aim at what there is. */
function remember(
  method: string,
  template: string,
  service: string,
  answer: { id?: string; realServers?: { id: string }[] },
  known: Known,
): void {
  if (method === 'delete' && template.endsWith(':service'))
    known.service.splice(known.service.indexOf(service), 1);
  if (method !== 'post' || answer.id === undefined) return;
  if (template === '/v1/nodes') known.node.push(answer.id);
  if (template.endsWith('/real-servers')) known.server.set(service, answer.id);
  if (template !== '/v1/virtual-services') return;
  known.service.push(answer.id);
  const [first] = answer.realServers ?? [];
  if (first !== undefined) known.server.set(answer.id, first.id);
}

/** One history without gaps, no overlap, no broken pair, and documents that are what their digests say. */
async function expectInvariants(): Promise<void> {
  const [order] = await api.query<{ revision: number; counted: number; largest: number }>(
    `SELECT revision::int, (SELECT count(*)::int FROM revision) AS counted,
       (SELECT coalesce(max(number), 0)::int FROM revision) AS largest FROM cluster`,
  );
  expect(order?.counted).toBe(order?.revision);
  expect(order?.largest).toBe(order?.revision);
  expect(
    await api.query(
      'SELECT 1 FROM revision r WHERE NOT EXISTS (SELECT 1 FROM audit_entry WHERE revision = r.number)',
    ),
  ).toEqual([]);
  expect(await api.query(BROKEN_PAIRS)).toEqual([]);
  expect(await api.query(OVERLAPS)).toEqual([]);
  const documents = await api.query<{
    scope: string;
    key: string;
    body: DocumentBody | null;
    digest: string;
  }>('SELECT * FROM document');
  const sets = new Map<string, string>();
  for (const { scope, key, body, digest } of documents) {
    if (body === null) continue;
    expect(documentDigest(key, body)).toBe(digest);
    sets.set(scope, toggleInSetDigest(sets.get(scope) ?? EMPTY_SET_DIGEST, digest));
  }
  for (const { scope, digest } of await api.query<{ scope: string; digest: string }>(
    'SELECT * FROM document_scope',
  )) {
    expect(sets.get(scope) ?? EMPTY_SET_DIGEST).toBe(digest);
  }
  expect(await api.query(ORPHANS)).toEqual([]);
}

const BROKEN_PAIRS = `SELECT s.id FROM virtual_service s JOIN real_server r ON r.virtual_service_id = s.id
  WHERE family(s.address) <> family(r.address) OR s.address = r.address
    OR r.forwarding_method <> 'direct-return' OR NOT s.force_l4 OR r.port <> s.port`;
const OVERLAPS = `SELECT a.id FROM virtual_service a JOIN virtual_service b ON a.id < b.id AND a.address = b.address
  AND a.protocol = b.protocol AND int4range(a.port, coalesce(a.end_port, a.port), '[]')
    && int4range(b.port, coalesce(b.end_port, b.port), '[]')`;
/** An agent's VIP document without a service that wants it there; nothing was ever admitted here, so nothing lingers. */
const ORPHANS = `SELECT d.key FROM document d WHERE d.scope <> 'directors' AND d.body IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM virtual_service s JOIN real_server r ON r.virtual_service_id = s.id
    JOIN node_address a ON a.address = r.address
  WHERE host(s.address) = d.key AND a.node_id::text = d.scope AND s.enabled AND r.enabled)`;
