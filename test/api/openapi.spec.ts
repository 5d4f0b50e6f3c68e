/** The OpenAPI document as the built product prints it: it is the contract, so it must be whole and true. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, unknown>>; readonly headers?: object }>
  >;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly security?: readonly object[];
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema & { readonly example?: unknown }>>;
  };
}

let api: ApiUnderTest;
let document: OpenApi;
let operations: (readonly [name: string, operation: Operation])[];

beforeAll(async () => {
  const exporter = 'dist/src/api/http/export-openapi.js';
  const { stdout } = await promisify(execFile)(process.execPath, [exporter], { maxBuffer: 16_000_000 });
  document = JSON.parse(stdout) as OpenApi;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

/** Every schema there is, with where it stands. */
function everySchema(): [where: string, schema: Schema][] {
  const found: [string, Schema][] = [];
  const visit = (where: string, schema: Schema): void => {
    found.push([where, schema]);
    for (const [name, inner] of Object.entries(schema.properties ?? {})) visit(`${where}.${name}`, inner);
    if (schema.items !== undefined) visit(`${where}[]`, schema.items);
    for (const inner of schema.allOf ?? []) visit(where, inner);
  };
  for (const [name, schema] of Object.entries(document.components.schemas)) visit(name, schema);
  for (const [name, { parameters = [] }] of operations) {
    for (const parameter of parameters) visit(`${name} ?${parameter.name}`, parameter.schema ?? {});
  }
  return found;
}

it('is OpenAPI 3.1 and names the fixed resources', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining([
      '/v1/virtual-services',
      '/v1/virtual-services/{id}',
      '/v1/virtual-services/{id}/real-servers',
      '/v1/virtual-services/{id}/real-servers/{realServerId}',
      '/v1/nodes',
      '/v1/nodes/{id}',
      '/v1/revisions',
      '/v1/revisions/{number}',
      '/v1/capabilities',
      '/healthz',
      '/readyz',
      '/metrics',
    ]),
  );
});

it('is what the running API serves, path by path', async () => {
  const { body } = await api.send('get', '/openapi.json', null).expect(200);
  expect(Object.keys((body as OpenApi).paths).sort()).toEqual(Object.keys(document.paths).sort());
});

it('documents every route of operators, and has a route for everything that it documents', async () => {
  const ofOperators = api.routes().filter((route) => !/ (\/node\/|\/openapi.json$)/.test(route));
  expect(ofOperators.sort()).toEqual(operations.map(([name]) => name).sort());
});

it('gives every operation an id of its own, a summary, and its errors as problem documents', () => {
  const ids = operations.map(([, { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(operations.length);
  for (const [name, { operationId, summary, responses }] of operations) {
    expect(operationId, name).toMatch(/^[a-z]\w+$/);
    expect(summary, name).toMatch(/\S/);
    const errors = Object.entries(responses).filter(([status]) => Number(status) >= 400);
    expect(errors.length, `errors of ${name}`).toBeGreaterThan(name === 'get /healthz' ? -1 : 0);
    for (const [status, { content }] of errors) {
      expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual(['application/problem+json']);
    }
    // A probe is asked for, and writes nothing.
    const writes = /^(post|patch|delete) /.test(name) && !name.endsWith('/probe');
    if (name.includes('/v1/'))
      expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['401', '503']));
    if (name.includes('{')) expect(Object.keys(responses), name).toContain('404');
    if (writes && name.includes('virtual-services')) {
      expect(Object.keys(responses), name).toContain(
        name.startsWith('post /v1/virtual-services ')
          ? '409'
          : name.endsWith('virtual-services')
            ? '422'
            : '412',
      );
    }
  }
});

it('promises nothing of what is done where nothing but a plan is answered', () => {
  const plans = operations.flatMap(([name, { responses }]) =>
    Object.values(responses)
      .filter(({ content }) => Object.keys(content ?? {}).join() === 'application/vnd.homeward.plan+json')
      .map(({ headers = {} }) => [name, Object.keys(headers)] as const),
  );
  expect(plans.map(([name]) => name)).toContain('post /v1/virtual-services');
  for (const [name, headers] of plans) expect(headers, name).toEqual(['X-Request-Id']);
});

it('calls integers integers', () => {
  const numbers = everySchema().filter(([, { type }]) => [type].flat().includes('number'));
  // Shares alone are none.
  expect(numbers.map(([where]) => where).filter((where) => !where.endsWith('Percent'))).toEqual([]);
  const integers = everySchema().filter(([, { type }]) => [type].flat().includes('integer'));
  expect(integers.map(([where]) => where)).toEqual(
    expect.arrayContaining([
      'CreateVirtualServiceDto.port',
      'RealServerDto.weight',
      'VirtualServiceView.revision',
    ]),
  );
});

it('gives every schema a type or a reference, and refers to nothing that is not there', () => {
  for (const [where, schema] of everySchema()) {
    const says = Object.keys(schema).some((key) =>
      ['type', '$ref', 'allOf', 'anyOf', 'oneOf', 'enum'].includes(key),
    );
    expect(says, where).toBe(true);
  }
  const references = JSON.stringify(document).match(/#\/components\/[\w/]+/g) ?? [];
  const known = Object.entries(document.components).flatMap(([kind, all]) =>
    Object.keys(all).map((name) => `#/components/${kind}/${name}`),
  );
  for (const reference of references) expect(known).toContain(reference);
});

it('takes merge patches as both media types', () => {
  for (const [name, { requestBody }] of operations.filter(([name]) => name.startsWith('patch '))) {
    expect(Object.keys(requestBody?.content ?? {}).sort(), name).toEqual([
      'application/json',
      'application/merge-patch+json',
    ]);
  }
});
