import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendEndlessBody } from './raw-request.fake.js';
import {
  AUTHORIZED,
  startThingApplication,
  TOKEN,
  VALID_THING,
  type ThingApplication,
} from './thing-application.fake.js';

let application: ThingApplication;
let base: string;

beforeAll(async () => {
  application = await startThingApplication();
  ({ base } = application);
});

afterAll(() => application.close());

const HEAD =
  `POST /v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n` +
  'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

function post(body: unknown, type = 'application/json') {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const call = request(base).post('/v1/things').set(AUTHORIZED).set('Content-Type', type);
  return call.serialize((x) => x as string).send(text as string);
}

function codesOf(body: { errors: { code: string; field: string | null }[] }) {
  return body.errors.map(({ code, field }) => `${code} ${field ?? ''}`.trim());
}

describe('a bad body', () => {
  const deep = '{"a":'.repeat(40) + '1' + '}'.repeat(40);
  it.each([
    ['no JSON', '{"a"', 400, ['json-malformed']],
    ['nothing', '', 400, ['body-required']],
    ['white space', ' ', 400, ['json-malformed']],
    ['a list', '[]', 400, ['body-not-object']],
    ['null', 'null', 400, ['body-not-object']],
    ['text', '"x"', 400, ['body-not-object']],
    ['a byte order mark', '\uFEFF{}', 400, ['json-malformed']],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, ['body-not-utf-8']],
    ['a key twice', '{"name":"a","name":"b"}', 400, ['duplicate-key /name']],
    ['a key twice in other spelling', '{"x":{"a":1,"\\u0061":2}}', 400, ['duplicate-key /x/a']],
    ['a huge number', '{"a":[0,1e400]}', 400, ['number-out-of-range /a/1']],
    ['a number that loses digits', '{"a":9007199254740993}', 400, ['number-out-of-range /a']],
    ['NUL', '{"name":"a\\u0000"}', 400, ['text-not-storable /name']],
    ['NUL in a key', '{"a\\u0000":1}', 400, ['text-not-storable']],
    ['a lone surrogate', '{"name":["\\ud800"]}', 400, ['text-not-storable /name/0']],
    [
      'a reserved name',
      '{"__proto__":{"name":"x"},"constructor":1}',
      400,
      ['unknown-field /__proto__', 'unknown-field /constructor'],
    ],
    ['too many levels', deep, 400, ['too-deep' + ' ' + '/a'.repeat(32)]],
    ['two troubles', '{"a":1,"a":1e999}', 400, ['duplicate-key /a', 'number-out-of-range /a']],
    ['a million brackets', '['.repeat(1_000_000), 400, ['json-malformed']],
    ['more than 1 MiB', JSON.stringify({ name: 'x'.repeat(1_048_576) }), 413, ['body-too-large']],
  ])('with %s is refused', async (_name, body, status, codes) => {
    const answer = await post(body);
    expect([answer.status, codesOf(answer.body)]).toEqual([status, codes]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it.each([
    ['text/plain', {}],
    ['application/json; charset=latin1', {}],
    ['application/merge-patch+json', {}],
    ['application/jsonx', {}],
    ['application/json', { 'Content-Encoding': 'gzip' }],
  ])('as %s %o is 415', async (type, headers) => {
    const answer = await post(VALID_THING, type).set(headers);
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported-media-type']);
  });

  it('without an end is refused once it is too large, and not read on', async () => {
    const answer = await sendEndlessBody(application.port, HEAD, 1_500_000);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('tells all broken fields at once', async () => {
    const answer = await post({
      address: '010.9.0.100',
      tags: { 'NO NO': 'x' },
      owner: 'me',
      more: 1,
      check: { type: 'icmp', extra: 1 },
      servers: [{ address: 'fe80::1', port: '80' }, { address: 5, port: 0 }, {}],
    });
    expect(answer.status).toBe(400);
    expect(codesOf(answer.body).sort()).toEqual([
      'address-not-usable /address',
      'address-not-usable /servers/0/address',
      'field-invalid /check/type',
      'field-invalid /owner',
      'field-invalid /servers/0/port',
      'field-invalid /servers/1/address',
      'field-invalid /servers/1/port',
      'field-invalid /tags',
      'field-required /name',
      'field-required /servers/2/address',
      'unknown-field /check/extra',
      'unknown-field /more',
    ]);
    const port = answer.body.errors.find((each: { field: string }) => each.field === '/servers/1/port');
    expect(port).toMatchObject({
      message: '/servers/1/port must be an integer from 1 to 65535.',
      hint: 'Such as 80.',
    });
  });

  it.each([
    ['null in a list', { ...VALID_THING, servers: [null] }, 'field-invalid /servers'],
    ['lists in a list', { ...VALID_THING, servers: [[{ address: '192.0.2.1' }]] }, 'field-invalid /servers'],
    ['an object for a list', { ...VALID_THING, servers: { address: '192.0.2.1' } }, 'field-invalid /servers'],
    ['a list for an object', { ...VALID_THING, check: [{ type: 'tcp' }] }, 'field-invalid /check'],
    ['text for an object', { ...VALID_THING, check: 'tcp' }, 'field-invalid /check'],
    ['null where it has no meaning', { ...VALID_THING, enabled: null }, 'field-invalid /enabled'],
    ['a null of a required field', { ...VALID_THING, name: null }, 'field-invalid /name'],
    ['an object for text', { ...VALID_THING, name: { toString: 1 } }, 'unknown-field /name/toString'],
    ['control characters', { ...VALID_THING, name: 'a\u001b[31m' }, 'field-invalid /name'],
    ['a zone id', { ...VALID_THING, address: 'fd00::1%eth0' }, 'address-not-usable /address'],
  ])('with %s is refused', async (_name, body, code) => {
    const answer = await post(body);
    expect([answer.status, codesOf(answer.body)]).toEqual([400, [code]]);
  });

  it('may use null where a field allows it', async () => {
    await post({ ...VALID_THING, owner: null, check: null }).expect(201);
  });
});
