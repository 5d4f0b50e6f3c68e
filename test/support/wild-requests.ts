/** Requests of all kinds for a test of what must never happen, whatever is sent. */
import fc from 'fast-check';
import { anyText } from './any-text.js';

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
  'flowAffinity',
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
  'source',
  'sourcePort',
  'directorId',
  'realServerId',
  'virtualServices',
  'revision',
  'tag.env',
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

const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, anyText({ maxLength: 5 }));
const leaf = fc.oneof(
  fc.constantFrom(...TEXTS, ...NUMBERS, 'true', 'false', 'null'),
  anyText({ maxLength: 20 }).map((each) => JSON.stringify(each)),
);
const object = (value: fc.Arbitrary<string>, most = 5) =>
  fc
    .array(fc.tuple(name, value), { maxLength: most })
    .map((pairs) => `{${pairs.map(([key, each]) => `${JSON.stringify(key)}:${each}`).join()}}`);
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
    scheduler: mostly(['maglev', 'source-hash', 'round-robin'], ['x']),
    flowAffinity: mostly([true, true, true, false], [null]),
    tags: fc.oneof(
      fc.constant({ env: 'prod' }),
      fc.dictionary(fc.string({ maxLength: 3 }), anyText({ maxLength: 3 }), { maxKeys: 2 }),
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

const client = fc.record(
  {
    source: mostly(
      ['198.51.100.10', '198.51.100.11'],
      ['2001:db8::1', '198.51.100.010', '::ffff:1.2.3.4', ''],
    ),
    sourcePort: mostly(['1', '40000'], ['0', '65536', '1.5', 'x']),
  },
  { requiredKeys: ['source'] },
);
/** What was made for the route, where it asks for a query. */
function queryFor(route: string): fc.Arbitrary<string> {
  if (!route.endsWith('/route')) return query;
  return client.map((each) => `?${new URLSearchParams(each as Record<string, string>).toString()}`);
}

const plannedWrite = fc.record(
  {
    method: mostly(['POST', 'PUT', 'PATCH', 'DELETE'], ['GET', 'post']),
    path: mostly(
      ['/v1/virtual-services', '/v1/virtual-services/bulk', '/v1/virtual-services/1?approve=1', '/v1/nodes'],
      ['/v1/plans', '/v1/../healthz', '/node/v1/join', '/v1/%00', '/v1/ä'],
    ),
    body: fc.oneof(service, server, object(any)),
    ifMatch: mostly(['"1"'], ['*', '\n']),
  },
  { requiredKeys: ['method', 'path'] },
);

/** A body that was made for the route; a patch gets one member of it. */
function bodyFor(route: string): fc.Arbitrary<string> {
  if (route.startsWith('put ') && route.endsWith('/real-servers'))
    return text(wrapped('realServers', server));
  if (route.endsWith('/plans')) return text(wrapped('changes', plannedWrite));
  if (route.endsWith('/bulk'))
    return text(wrapped('create', route.includes('real-servers') ? server : service));
  if (route.startsWith('put') && route.endsWith('/real-servers'))
    return text(fc.record({ realServers: fc.array(server, { maxLength: 2 }) }));
  if (route.endsWith('/rollback')) return fc.constant('{}');
  if (route.endsWith('/configuration')) return text(wrapped('virtualServices', service));
  if (route.includes('real-servers')) return route.startsWith('patch') ? oneMember(server) : text(server);
  if (route.includes('virtual-services'))
    return route.startsWith('patch') ? oneMember(service) : text(service);
  return text(node);
}

function wrapped(list: string, entry: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.array(entry, { maxLength: 3 }).map((entries) => ({ [list]: entries }));
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

export const ROUTES = [
  'post /v1/virtual-services',
  'post /v1/virtual-services',
  'post /v1/virtual-services',
  'get /v1/virtual-services',
  'get /v1/virtual-services/:service',
  'patch /v1/virtual-services/:service',
  'delete /v1/virtual-services/:service',
  'post /v1/virtual-services/bulk',
  'put /v1/virtual-services/:service/real-servers',
  'post /v1/virtual-services/:service/real-servers/bulk',
  'post /v1/virtual-services/:service/real-servers',
  'get /v1/virtual-services/:service/real-servers',
  'get /v1/virtual-services/:service/status',
  'patch /v1/virtual-services/:service/real-servers/:server',
  'delete /v1/virtual-services/:service/real-servers/:server',
  'get /v1/virtual-services/:service/real-servers/:server',
  'get /v1/virtual-services/:service/real-servers/:server/diagnosis',
  'get /v1/virtual-services/:service/real-servers/:server/setup',
  'put /v1/virtual-services/:service/real-servers/:server/attestation',
  'delete /v1/virtual-services/:service/real-servers/:server/attestation',
  'get /v1/virtual-services/:service/stats',
  'get /v1/virtual-services/:service/flows',
  'get /v1/virtual-services/:service/route',
  'post /v1/virtual-services/:service/probe',
  'post /v1/plans',
  'post /v1/nodes',
  'get /v1/nodes',
  'get /v1/nodes/:node',
  'delete /v1/nodes/:node',
  'post /v1/nodes/:node/join-token',
  'get /v1/configuration',
  'put /v1/configuration',
  'get /v1/revisions',
  'get /v1/revisions/:number',
  'get /v1/revisions/:number/difference',
  'get /v1/revisions/:number/progress',
  'post /v1/revisions/:number/rollback',
  'get /v1/events',
  'get /v1/capabilities',
  'post /node/v1/join',
  'put /node/v1/report',
  'put /node/v1/answers/:service',
];
export interface Wild {
  readonly route: string;
  readonly body: string;
  readonly query: string;
  readonly pick: number;
  readonly ifMatch: string | undefined;
  readonly type: string;
}

/** Anything that somebody may send, mostly something like what is meant. */
export const wild: fc.Arbitrary<Wild> = fc.constantFrom(...ROUTES).chain((route) =>
  fc.record({
    route: fc.constant(route),
    body: fc.oneof({ weight: 3, arbitrary: bodyFor(route) }, { weight: 2, arbitrary: noise }),
    query: fc.oneof({ weight: 3, arbitrary: queryFor(route) }, { weight: 1, arbitrary: query }),
    pick: fc.nat(),
    ifMatch: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, fc.constantFrom('*', '"1"', 'x')),
    type: fc.oneof({ weight: 12, arbitrary: fc.constant('application/json') }, fc.constant('text/plain')),
  }),
);
