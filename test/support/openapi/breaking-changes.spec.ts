import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { allowsBreaks, breakingChanges } from './breaking-changes.js';
import type { OpenApiDocument, Schema } from './document.js';

/** What lies in docs/, each time anew, so that a test can spoil it. */
const text = readFileSync('docs/openapi.yaml', 'utf8');
const kept = parse(text) as OpenApiDocument;
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
type Spoiled = Writable<OpenApiDocument>;

function afterSpoiling(spoil: (document: Spoiled) => void): string[] {
  const document = structuredClone(kept) as Spoiled;
  spoil(document);
  return breakingChanges(kept, document);
}

/** Of a document that is turned round: what was spoiled is what there was before. */
function beforeSpoiling(spoil: (document: Spoiled) => void): string[] {
  const document = structuredClone(kept) as Spoiled;
  spoil(document);
  return breakingChanges(document, kept);
}

const services = '/v1/virtual-services';

function schema(
  document: Spoiled,
  name: string,
): Writable<Schema> & { properties: Record<string, Writable<Schema>> } {
  const found = document.components.schemas[name];
  if (found?.properties === undefined) throw new Error(`there is no ${name}`);
  return found as Writable<Schema> & { properties: Record<string, Writable<Schema>> };
}

function operation(document: Spoiled, path: string, method: string): Spoiled['paths'][string][string] {
  const found = document.paths[path]?.[method];
  if (found === undefined) throw new Error(`there is no ${method} ${path}`);
  return found;
}

function member(document: Spoiled, name: string, property: string): Writable<Schema> {
  const found = schema(document, name).properties[property];
  if (found === undefined) throw new Error(`${name} has no ${property}`);
  return found;
}

function parameters(document: Spoiled): { name: string; required?: boolean }[] {
  return operation(document, services, 'get').parameters ?? [];
}

function at(document: Spoiled, parameter: string): number {
  return parameters(document).findIndex(({ name }) => name === parameter);
}

describe('a document that goes on', () => {
  it('is one that did not change', () => {
    expect(breakingChanges(kept, structuredClone(kept))).toEqual([]);
  });

  it.each<[string, (document: Spoiled) => void]>([
    ['an operation more', (to) => (to.paths['/v1/more'] = to.paths[services] ?? {})],
    [
      'a member more in an answer',
      (to) => (schema(to, 'VirtualServiceView').properties['more'] = { type: 'string' }),
    ],
    [
      'a member more that may be sent',
      (to) => (schema(to, 'RealServerDto').properties['more'] = { type: 'string' }),
    ],
    ['a value more that may be sent', (to) => to.components.schemas['Protocol']?.enum?.push('sctp')],
    ['a wider limit', (to) => (member(to, 'RealServerDto', 'weight')['maximum'] = 70_000)],
    ['an error more', (to) => (operation(to, services, 'get').responses['418'] = {})],
  ])('is one with %s', (_what, spoil) => {
    expect(afterSpoiling(spoil)).toEqual([]);
  });
});

describe('a break', () => {
  it.each<[string, (document: Spoiled) => void, string]>([
    ['a path less', (of) => delete of.paths[services], `GET ${services}: was removed`],
    ['an operation less', (of) => delete of.paths[services]?.['post'], `POST ${services}: was removed`],
    [
      'another operationId',
      (of) => (operation(of, services, 'get').operationId = 'all'),
      `GET ${services}: its operationId listVirtualServices changed`,
    ],
    [
      'a parameter less',
      (of) => parameters(of).splice(at(of, 'q'), 1),
      `GET ${services} query q: was removed`,
    ],
    [
      'a parameter that is required now',
      (of) => Object.assign(parameters(of)[at(of, 'q')] ?? {}, { required: true }),
      `GET ${services} query q: is required now`,
    ],
    [
      'a member less in an answer',
      (of) => delete schema(of, 'VirtualServiceView').properties['createdAt'],
      `GET ${services}/{id} 200.createdAt: was removed`,
    ],
    [
      'a member of an answer that may be missing',
      (of) => schema(of, 'VirtualServiceView').required?.shift(),
      `GET ${services}/{id} 200.id: may be missing now`,
    ],
    [
      'another type in an answer',
      (of) => (member(of, 'VirtualServiceView', 'port').type = 'string'),
      `GET ${services}/{id} 200.port: its type was integer and is string`,
    ],
    [
      'null in an answer',
      (of) => (member(of, 'VirtualServiceView', 'name').type = ['string', 'null']),
      `GET ${services}/{id} 200.name: its type was string and is string|null`,
    ],
    [
      'a member less that may be sent',
      (of) => delete schema(of, 'CreateVirtualServiceDto').properties['drainSeconds'],
      `POST ${services} body.drainSeconds: was removed`,
    ],
    [
      'a member that has to be sent',
      (of) => schema(of, 'CreateVirtualServiceDto').required?.push('name'),
      `POST ${services} body.name: is required now`,
    ],
    [
      'a member deep in a list that has to be sent',
      (of) => (schema(of, 'RealServerDto').required = ['address', 'weight']),
      `POST ${services} body.realServers[].weight: is required now`,
    ],
    [
      'a narrower limit',
      (of) => (member(of, 'CreateVirtualServiceDto', 'drainSeconds')['maximum'] = 60),
      `POST ${services} body.drainSeconds: maximum takes less than before`,
    ],
    [
      'a value less that may be sent',
      (of) => of.components.schemas['Protocol']?.enum?.pop(),
      `POST ${services} body.protocol: takes "udp" no more`,
    ],
    [
      'null that may not be sent',
      (of) => (member(of, 'VirtualServicePatchDto', 'drainSeconds').type = 'integer'),
      `PATCH ${services}/{id} body.drainSeconds: its type was integer|null and is integer`,
    ],
    [
      'a success less',
      (of) => delete operation(of, services, 'post').responses['201'],
      `POST ${services} 201: is answered no more`,
    ],
    [
      'a media type less',
      (of) => delete operation(of, `${services}/{id}`, 'patch').requestBody?.content['application/json'],
      `PATCH ${services}/{id} body: not as application/json any more`,
    ],
    [
      'a credential',
      (of) => delete operation(of, '/healthz', 'get').security,
      'GET /healthz: wants a credential now',
    ],
  ])('is %s', (_what, spoil, told) => {
    expect(afterSpoiling(spoil)).toContain(told);
  });

  it('is a body that is wanted where there was none', () => {
    expect(beforeSpoiling((of) => delete operation(of, services, 'post').requestBody)).toEqual([
      `POST ${services}: wants a body now`,
    ]);
  });
});

it.each([
  ['1.0.0', '2.0.0', true],
  ['1.2.3', '1.3.0', false],
  ['0.1.0', '0.2.0', true],
  ['0.1.0', '0.1.1', false],
])('a contract of %s that becomes %s may break: %s', (before, after, may) => {
  expect(allowsBreaks(before, after)).toBe(may);
});
