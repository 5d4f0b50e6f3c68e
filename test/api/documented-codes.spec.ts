/**
 * What the document says that operations answer with, they do answer with: each code that a request can be given by what it
 * is itself, at every operation that lists it. The reverse, that no other is answered, is held of every answer of all specs.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Response } from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { urlOfDatabase } from '../support/test-database.js';
import type { OpenApiDocument, Operation } from '../support/openapi/document.js';

interface Found {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly operation: Operation;
}

interface Sent {
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: null;
  readonly type?: string;
  readonly body?: string | Buffer;
}

/** Values that parameters do not take. */
const BAD = ['dryRun=x', 'limit=x', 'os=x', 'force=x', 'sourcePort=x', 'approve=x', 'revision=x'];
const TWICE = [
  'limit=1',
  'os=linux',
  'force=true',
  'source=192.0.2.1',
  `approve=${'0'.repeat(64)}`,
  'revision=1',
];
const LONG = 'x'.repeat(300);
const SERVICES = '/v1/virtual-services';

/** Whether these are of the operation; what a plan is told of one of its writes it is told of that one's query. */
const asked = ({ operation, path }: Found, queries: readonly string[]): readonly Sent[] => {
  const own = queries.filter((query) => takes(operation, query.split('=')[0]));
  if (path !== '/v1/plans') return own.map((query) => ({ query }));
  const write = `${SERVICES}/${service}?${queries.find((query) => query.startsWith('approve'))}`;
  return [{ body: JSON.stringify({ changes: [{ method: 'DELETE', path: write }] }) }];
};
const headed = ({ operation }: Found, name: string, value: string): readonly Sent[] =>
  takes(operation, name) ? [{ headers: { [name]: value } }] : [];

/** Of services that contradict themselves. */
const IMPOSSIBLE: Readonly<Record<string, object>> = {
  'health-check-datagram-invalid': {
    protocol: 'udp',
    healthCheck: { type: 'udp', encoding: 'base64', payload: 'ping!' },
  },
  'health-check-protocol-differs': { healthCheck: { type: 'udp' } },
  'health-check-timeout-invalid': { healthCheck: { type: 'tcp', intervalSeconds: 2, timeoutSeconds: 2 } },
  'persistence-prefix-invalid': { persistence: { type: 'source-ip', timeoutSeconds: 60, prefixLength: 33 } },
  'port-range-invalid': { endPort: 79 },
};
const TWINS = { realServers: [{ address: '192.0.2.12' }, { address: '192.0.2.12' }] };

/** The same service in each operation that describes services or their servers as a whole. */
function described({ name }: Found, fields: object): readonly Sent[] {
  const whole = { address: '192.0.2.98', port: 80, protocol: 'tcp', ...fields };
  const bodies: Readonly<Record<string, object>> = {
    'post /v1/virtual-services': whole,
    'post /v1/virtual-services/bulk': { create: [whole] },
    'patch /v1/virtual-services/{id}': fields,
    'put /v1/virtual-services/{id}/real-servers': fields,
    'put /v1/configuration': { virtualServices: [whole] },
    'post /v1/virtual-services/{id}/real-servers': { address: '192.0.2.11' },
    'post /v1/virtual-services/{id}/real-servers/bulk': { create: TWINS.realServers },
    'patch /v1/virtual-services/{id}/real-servers/{realServerId}': { address: '192.0.2.13' },
  };
  return bodies[name] === undefined ? [] : [{ body: JSON.stringify(bodies[name]) }];
}

/** What is answered with a code, by what is sent to any operation that lists it. */
const HOW: Readonly<Record<string, (found: Found) => readonly Sent[]>> = {
  'url-malformed': () => [{ query: 'x=%zz' }],
  'unknown-parameter': () => [{ query: 'nonsense=1' }],
  'parameter-invalid': (found) => asked(found, BAD),
  'duplicate-parameter': (found) =>
    asked(
      found,
      TWICE.map((query) => `${query}&${query}`),
    ).slice(0, 1),
  'cursor-invalid': () => [{ query: 'cursor=x' }],
  'header-invalid': (found) => [
    { headers: { 'X-Change-Ticket': LONG } },
    ...headed(found, 'Idempotency-Key', LONG),
  ],
  unauthenticated: () => [{ token: null }],
  'not-found': (found) => {
    const { name, path } = found;
    if (name.endsWith('virtual-services/bulk'))
      return [{ body: JSON.stringify({ delete: [{ id: NOBODY }] }) }];
    const elsewhere = path.replaceAll(/\{\w+\}/g, NOBODY);
    return elsewhere === path ? asked(found, ['revision=999999']) : [{ path: withQuery(found, elsewhere) }];
  },
  'precondition-failed': (found) =>
    found.name.endsWith('virtual-services/bulk')
      ? [{ body: JSON.stringify({ patch: [{ id: service, revision: 999_999 }] }) }]
      : headed(found, 'If-Match', '"999999"'),
  'json-malformed': () => [{ body: '{' }],
  'body-not-object': () => [{ body: '[]' }],
  'body-not-utf-8': () => [{ body: Buffer.from('7b22ff223a317d', 'hex') }],
  'duplicate-key': () => [{ body: '{"a":1,"a":1}' }],
  'too-deep': () => [{ body: `${'{"a":'.repeat(40)}1${'}'.repeat(40)}` }],
  'number-out-of-range': () => [{ body: '{"a":1e999}' }],
  'text-not-storable': () => [{ body: '{"a":"\\u0000"}' }],
  // Any other is passed over where nothing is made of a body.
  'unknown-field': () => [{ body: '{"__proto__":1}' }],
  'body-required': () => [{ body: '' }],
  'body-too-large': ({ path }) => [{ body: path === '/v1/configuration' ? text(17) : text(5) }],
  ...Object.fromEntries(
    Object.entries(IMPOSSIBLE).map(([code, fields]) => [code, (found: Found) => described(found, fields)]),
  ),
  'real-server-exists': (found) => described(found, TWINS),
  'unsupported-media-type': () => [{ type: 'text/plain', body: 'x' }],
  'idempotency-key-reused': () => [{ headers: { 'Idempotency-Key': 'taken' } }],
};
const text = (megabytes: number) => 'x'.repeat(megabytes * 1024 * 1024);
const NOBODY = randomUUID();

let api: ApiUnderTest;
let operations: readonly Found[];
let service: string;
let server: string;
let node: string;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const { paths } = (await api.get('/openapi.json').expect(200)).body as OpenApiDocument;
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method,
      path,
      operation,
      name: `${method} ${path}`,
    })),
  );
  const example = {
    address: '192.0.2.99',
    port: 80,
    protocol: 'tcp',
    realServers: [{ address: '192.0.2.11' }, { address: '192.0.2.13' }],
  };
  const made = await api.post(SERVICES, example).set('Idempotency-Key', 'taken').expect(201);
  service = made.body.id;
  server = made.body.realServers[0].id;
  const body = { name: 'web-9', role: 'agent', addresses: ['192.0.2.19'] };
  node = String((await api.post('/v1/nodes', body).expect(201)).body.id);
});

afterAll(() => api.close());

/** The scripts are missing from a directory alone in which nothing was built. */
const NOT_HERE = new Set(['get /install.sh not-found', 'get /install.ps1 not-found']);

it.each(Object.keys(HOW))('is %s, wherever it is documented', async (code) => {
  const listing = operations.flatMap((found) => {
    const status = statusOf(found.operation, code);
    return status === null || NOT_HERE.has(`${found.name} ${code}`) ? [] : [{ found, status }];
  });
  expect(listing.length).toBeGreaterThan(0);
  for (const { found, status } of listing) {
    const requests = HOW[code]?.(found) ?? [];
    expect.soft(requests, `${found.name} has nothing that provokes ${code}`).not.toEqual([]);
    for (const sent of requests) {
      const answer = await send(found, sent);
      expect.soft([found.name, ...told(answer, code)]).toEqual([found.name, status, code]);
    }
  }
});

it('is database-unavailable of all that need it', async () => {
  const listing = operations.filter(({ operation }) => statusOf(operation, 'database-unavailable') !== null);
  await withoutDatabase(async () => {
    for (const found of listing) {
      const answer = await send(found, {});
      expect
        .soft([found.name, ...told(answer, 'database-unavailable')])
        .toEqual([found.name, 503, 'database-unavailable']);
    }
  });
});

async function withoutDatabase(work: () => Promise<void>): Promise<void> {
  const name = new URL(api.databaseUrl).pathname.slice(1);
  const other = new pg.Client({ connectionString: urlOfDatabase(api.databaseUrl, 'postgres') });
  await other.connect();
  const allow = (yes: boolean) => other.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${yes}`);
  try {
    await allow(false);
    await other.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    await work();
  } finally {
    await allow(true);
    await other.end();
  }
}

function takes({ parameters = [] }: Operation, name: string | undefined): boolean {
  return parameters.some((each) => each.name === name);
}

function statusOf({ responses }: Operation, code: string): number | null {
  const found = Object.entries(responses).find(([, each]) => each['x-problem-codes']?.includes(code));
  return found === undefined ? null : Number(found[0]);
}

function send(found: Found, { path, query, headers = {}, token, type, body }: Sent): Promise<Response> {
  const own = pathOf(found);
  const at = path ?? (query === undefined ? withQuery(found, own) : `${own}?${query}`);
  const request = api.send(found.method, at, token);
  void request.set(headers);
  const written = body ?? exampleOf(found.operation);
  if (written === undefined || READS.has(found.method)) return request;
  return request
    .type(type ?? 'application/json')
    .serialize((each) => each as string)
    .send(written as string);
}

const READS: ReadonlySet<string> = new Set(['get', 'delete']);

function exampleOf({ requestBody }: Operation): string | undefined {
  const [example] = Object.values(requestBody?.content['application/json']?.examples ?? {});
  return example === undefined ? undefined : JSON.stringify(example.value);
}

/** With what it cannot do without. */
function withQuery({ operation }: Found, path: string): string {
  const needed = (operation.parameters ?? []).filter((each) => each.in === 'query' && each.required);
  const query = needed.map(({ name, schema }) => `${name}=${String(schema?.['example'] ?? 'linux')}`);
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

function pathOf({ path }: Found): string {
  const id = path.startsWith('/v1/nodes') ? node : service;
  return path
    .replace('{id}', id)
    .replace('{realServerId}', server)
    .replace('{number}', '1')
    .replace('{file}', 'SHA256SUMS');
}

/** The status, and the code where it is one of those that are told. */
function told({ status, body }: Response, code: string): readonly unknown[] {
  const { errors = [] } = body as { readonly errors?: readonly { readonly code: string }[] };
  const codes = [body?.code, ...errors.map((each) => each.code)];
  return [status, codes.includes(code) ? code : codes.join()];
}
