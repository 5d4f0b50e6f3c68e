import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyText } from '../../../test/support/any-text.js';
import { sendRaw } from './raw-request.fake.js';
import { AUTHORIZED, startThingApplication, TOKEN, type ThingApplication } from './thing-application.fake.js';

let application: ThingApplication;
let base: string;

beforeAll(async () => {
  application = await startThingApplication();
  ({ base } = application);
});

afterAll(() => application.close());

function post(body: unknown, type = 'application/json') {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const call = request(base).post('/v1/things').set(AUTHORIZED).set('Content-Type', type);
  return call.serialize((x) => x as string).send(text as string);
}

describe('whatever is sent', () => {
  const nasty = fc.constantFrom(
    '__proto__',
    'constructor',
    'name',
    'address',
    'tags',
    'servers',
    'check',
    'then',
    'toJSON',
  );
  const key = fc.oneof(nasty, anyText());
  const leaf = fc.oneof(
    anyText().map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '"\\u0000"',
      '"\\ud800"',
      '1e999',
      '-0',
      '99999999999999999999',
      'null',
      'true',
      '"fe80::1%eth0"',
    ),
  );
  const { json } = fc.letrec<{ json: string }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join()}]`),
      fc
        .array(fc.tuple(key, tie('json')), { maxLength: 6 })
        .map((pairs) => `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`),
    ),
  }));
  const object = fc
    .array(fc.tuple(key, json), { maxLength: 6 })
    .map((pairs) => `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`);

  it('as a JSON body is never a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(object, json), async (body) => {
        const answer = await post(body);
        expect(answer.status, answer.text).toBeLessThan(500);
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it('as bytes is never a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect((await post(Buffer.from(bytes))).status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('as a query or a path is never a fault of ours', async () => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/v1/things?', '/v1/things/', '/'), printable, async (path, text) => {
        const answer = await sendRaw(
          application.port,
          `GET ${path}${text} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 [234]/);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
