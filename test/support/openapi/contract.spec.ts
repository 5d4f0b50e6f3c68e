import { expect, it } from 'vitest';
import type { Answer } from './answer.js';
import { Contract } from './contract.js';
import type { OpenApiDocument } from './document.js';

const THING = { $ref: '#/components/schemas/Thing' };
const problem = (...codes: string[]) => ({
  content: { 'application/problem+json': { schema: { type: 'object' } } },
  'x-problem-codes': codes,
});
const DOCUMENT: OpenApiDocument = {
  info: { version: '1.0.0' },
  paths: {
    '/things/{id}': {
      get: {
        responses: {
          200: {
            content: { 'application/json': { schema: THING } },
            headers: { ETag: { $ref: '#/components/headers/Tag' }, Link: {}, 'Idempotency-Replayed': {} },
          },
          400: problem('unknown-field'),
          404: problem('not-found'),
        },
      },
    },
    '/things/bulk': {
      post: {
        responses: {
          200: {
            content: { 'application/vnd.homeward.plan+json': { schema: { type: 'object' } } },
            headers: { ETag: {}, 'Idempotency-Replayed': {} },
          },
          204: {},
        },
      },
    },
  },
  components: {
    headers: { Tag: { required: true } },
    schemas: {
      Thing: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string' },
          nextCursor: { type: ['string', 'null'] },
          parts: { type: 'array', items: THING },
        },
      },
    },
  },
};
const contract = new Contract(DOCUMENT);

const GOOD: Answer = {
  method: 'GET',
  url: '/things/7?x=1',
  asked: {},
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', etag: '"1"', date: 'today' },
  body: '{"id":"7","parts":[{"id":"8"}]}',
};
const refused = (status: number, code: string, ...entries: string[]): Answer => ({
  ...GOOD,
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ code, errors: entries.map((each) => ({ code: each })) }),
});

const NEXT = '{"id":"7","nextCursor":"x"}';
const PLANNED: Answer = {
  ...GOOD,
  method: 'POST',
  url: '/things/bulk',
  asked: { 'idempotency-key': 'k' },
  headers: { 'content-type': 'application/vnd.homeward.plan+json' },
  body: '{"revision":7}',
};

it.each([
  ['an answer as it is documented', GOOD],
  ['the head of it', { ...GOOD, method: 'HEAD', body: null }],
  ['a page with a next one', { ...GOOD, headers: { ...GOOD.headers, link: '<x>' }, body: NEXT }],
  ['a plan, which has none of the headers of deeds', PLANNED],
  [
    'the answer to a key',
    {
      ...GOOD,
      asked: { 'idempotency-key': 'k' },
      headers: { ...GOOD.headers, 'idempotency-replayed': 'false' },
    },
  ],
  ['a sparse object', { ...GOOD, url: '/things/7?fields=parts', body: '{"parts":[]}' }],
  ['a problem with its code', refused(404, 'not-found', 'not-found')],
  ['an entry of another status than the gravest', refused(404, 'not-found', 'unknown-field')],
  ['a path that is nobody’s', { ...GOOD, url: '/elsewhere', status: 404 }],
  ['a method that the path does not take', { ...GOOD, method: 'PUT', status: 405 }],
])('finds nothing missing of %s', (_name, answer) => {
  expect(contract.missing(answer)).toEqual([]);
});

it.each([
  ['a status', { ...GOOD, status: 202 }, /^get \/things\/\{id\} 202/],
  ['a header of our own', { ...GOOD, headers: { ...GOOD.headers, 'x-wait': '1' } }, /header x-wait is not/],
  ['a header that always comes', { ...GOOD, headers: { ...GOOD.headers, etag: undefined } }, /ETag was not/],
  ['a link to the next page that is not there', { ...GOOD, body: NEXT }, /Link was due/],
  [
    'the same of the last page',
    { ...GOOD, headers: { ...GOOD.headers, link: '<x>' }, body: NEXT.replace('"x"', 'null') },
    /Link was not due/,
  ],
  ['a key that is not answered', { ...GOOD, asked: { 'idempotency-key': 'k' } }, /Replayed was due/],
  [
    'an entity tag of a plan',
    { ...PLANNED, headers: { ...PLANNED.headers, etag: '"7"' } },
    /ETag was not due/,
  ],
  ['another member', { ...GOOD, body: '{"id":"7","parts":[{"id":"8","more":1}]}' }, /"more"/],
  ['a member that it must have', { ...GOOD, body: '{"parts":[]}' }, /required property 'id'/],
  ['another type', { ...GOOD, body: '{"id":7}' }, /must be string/],
  [
    'another media type',
    { ...GOOD, headers: { ...GOOD.headers, 'content-type': 'text/plain' } },
    /media type/,
  ],
  ['a code of another status', refused(404, 'unknown-field'), /404 unknown-field$/],
  ['an entry that stands nowhere', refused(404, 'not-found', 'odd'), /404 entry odd$/],
] as const)('finds %s', (_name, answer, line) => {
  expect(contract.missing(answer)).toEqual([expect.stringMatching(line) as string]);
});

it('takes a name for itself, and not for an id', () => {
  const answer = { ...GOOD, method: 'POST', url: '/things/bulk', status: 204, headers: {}, body: '' };
  expect(contract.missing(answer)).toEqual([]);
  expect(contract.missing({ ...answer, status: 201 })).toHaveLength(1);
});
