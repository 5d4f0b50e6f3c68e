/** Thousands of generated requests to every route: none is a fault of ours, and the database keeps what it promises. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../../src/contract/digest.js';
import type { DocumentBody } from '../../src/contract/documents.js';
import { ApiUnderTest } from '../support/api-under-test.js';

const SEED = 20_261_123;
const REQUESTS = 3_000;
/** Requests at the same time: writers meet, and the run stays short. */
const AT_ONCE = 6;

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

const NAMES = [
  'name',
  'description',
  'address',
  'port',
  'endPort',
  'protocol',
  'forceL4',
  'enabled',
  'scheduler',
  'persistence',
  'healthCheck',
  'drainSeconds',
  'tags',
  'realServers',
  'weight',
  'forwardingMethod',
  'role',
  'addresses',
  'id',
  'type',
  'path',
  'host',
  '__proto__',
  'constructor',
  'toString',
  'limit',
  'cursor',
  'total',
  'objectId',
  'ticket',
  'dryRun',
];
const TEXTS = [
  '"192.0.2.200"',
  '"192.0.2.201"',
  '"2001:db8::1"',
  '"fe80::1%eth0"',
  '"::ffff:1.2.3.4"',
  '"tcp"',
  '"udp"',
  '"maglev"',
  '"direct-return"',
  '"nat"',
  '"none"',
  '"http"',
  '"agent"',
  '"\\u0000"',
  '"\\ud800"',
  '"\u{1f6d2}"',
  '""',
];
const NUMBERS = [
  '0',
  '1',
  '80',
  '-1',
  '65535',
  '65536',
  '1.5',
  '1e999',
  '-0',
  '9007199254740993',
  '99999999999999999999',
];

const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...NAMES) },
  fc.string({ maxLength: 5, unit: 'binary' }),
);
const leaf = fc.oneof(
  fc.constantFrom(...TEXTS, ...NUMBERS, 'true', 'false', 'null'),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
);
const object = (value: fc.Arbitrary<string>, most = 5) =>
  fc
    .array(fc.tuple(name, value), { maxLength: most })
    .map((pairs) => `{${pairs.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join()}}`);
const { any } = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf,
    leaf,
    fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
    object(tie('any')),
  ),
}));

/** Mostly right, so that much of it comes as far as the database, and now and then wrong. */
const mostly = (right: readonly unknown[], wrong: readonly unknown[]) =>
  fc.oneof({ weight: 24, arbitrary: fc.constantFrom(...right) }, fc.constantFrom(...wrong));
const hosts = (first: number) => Array.from({ length: 6 }, (_, index) => `192.0.2.${first + index}`);
const server = fc.record(
  {
    address: mostly(hosts(11), ['192.0.2.1', '2001:db8::5', '224.0.0.1', '192.0.2.010', '']),
    port: mostly([null], [1, 2, 0, '80']),
    weight: mostly([0, 7, 65_535], [-1, 1.5]),
  },
  { requiredKeys: ['address'] },
);
const service = fc.record(
  {
    address: mostly(hosts(1), ['192.0.2.11', '2001:db8::5', '224.0.0.1', '192.0.2.010', '']),
    port: mostly([1, 2, 3, 4, 5, 6, 7, 8], [0, 65_535, 65_536, null, '80']),
    protocol: mostly(['tcp', 'udp'], ['sctp', 6]),
    endPort: mostly([8, 9, null], [1, 70_000]),
    name: fc.string({ unit: 'grapheme', maxLength: 8 }),
    forceL4: mostly([true], [false, null]),
    enabled: fc.boolean(),
    drainSeconds: mostly([0, 1, 300], [1e9, '1']),
    scheduler: mostly(['maglev', 'source-hash'], ['round-robin', 'x']),
    tags: fc.oneof(
      fc.constant({ env: 'prod' }),
      fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ unit: 'binary', maxLength: 3 }), { maxKeys: 2 }),
    ),
    realServers: fc.array(server, { maxLength: 2 }),
  },
  { requiredKeys: ['address', 'port', 'protocol'] },
);
const node = fc.record({
  name: mostly(['a', 'b', 'c', 'd', 'e'], ['../x', '']),
  role: mostly(['agent', 'director'], ['admin']),
  addresses: mostly(
    hosts(11).map((each) => [each]),
    [[], ['192.0.2.1'], ['fe80::1']],
  ),
});
const noise = fc.oneof({ weight: 3, arbitrary: object(any) }, any, fc.string({ maxLength: 30 }));
const query = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  fc
    .array(
      fc.tuple(
        name,
        fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('true', '1', '200', 'tcp', 'W10', '192.0.2.1')),
      ),
      { maxLength: 2 },
    )
    .map((pairs) => `?${new URLSearchParams(pairs).toString()}`),
);

/** A body that was made for the route; a patch gets one member of it. */
function bodyFor(route: string): fc.Arbitrary<string> {
  if (route.includes('real-servers')) return route.startsWith('patch') ? oneMember(server) : text(server);
  if (route.includes('virtual-services'))
    return route.startsWith('patch') ? oneMember(service) : text(service);
  return text(node);
}

function text(value: fc.Arbitrary<object>): fc.Arbitrary<string> {
  return value.map((each) => JSON.stringify(each));
}

function oneMember(value: fc.Arbitrary<object>): fc.Arbitrary<string> {
  return fc.tuple(value, fc.nat()).map(([each, pick]) => {
    const entries = Object.entries(each);
    return JSON.stringify(Object.fromEntries([entries[pick % entries.length] ?? []]));
  });
}

const ROUTES = [
  'post /v1/virtual-services',
  'post /v1/virtual-services',
  'get /v1/virtual-services',
  'get /v1/virtual-services/:service',
  'patch /v1/virtual-services/:service',
  'delete /v1/virtual-services/:service',
  'post /v1/virtual-services/:service/real-servers',
  'get /v1/virtual-services/:service/real-servers',
  'patch /v1/virtual-services/:service/real-servers/:server',
  'delete /v1/virtual-services/:service/real-servers/:server',
  'get /v1/virtual-services/:service/real-servers/:server',
  'post /v1/nodes',
  'get /v1/nodes',
  'delete /v1/nodes/:node',
  'post /v1/nodes/:node/join-token',
  'get /v1/revisions',
  'get /v1/revisions/:number',
  'get /v1/capabilities',
  'post /node/v1/join',
  'put /node/v1/report',
];
interface Wild {
  readonly route: string;
  readonly body: string;
  readonly query: string;
  readonly pick: number;
  readonly ifMatch: string | undefined;
  readonly type: string;
}

const wild: fc.Arbitrary<Wild> = fc.constantFrom(...ROUTES).chain((route) =>
  fc.record({
    route: fc.constant(route),
    body: fc.oneof({ weight: 3, arbitrary: bodyFor(route) }, { weight: 2, arbitrary: noise }),
    query,
    pick: fc.nat(),
    ifMatch: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, fc.constantFrom('*', '"1"', 'x')),
    type: fc.oneof({ weight: 12, arbitrary: fc.constant('application/json') }, fc.constant('text/plain')),
  }),
);

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
    if (start % 1_500 === 0) await expectInvariants();
  }
  await expectInvariants();
  const seen = [...statuses.keys()];
  expect(seen, 'the requests come everywhere').toEqual(
    expect.arrayContaining([200, 201, 204, 400, 404, 409, 412, 415, 422]),
  );
  expect(statuses.get(201)).toBeGreaterThan(100);
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
