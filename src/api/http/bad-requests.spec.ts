import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from './raw-request.fake.js';
import { AUTHORIZED, startThingApplication, type ThingApplication } from './thing-application.fake.js';

let application: ThingApplication;
let base: string;

beforeAll(async () => {
  application = await startThingApplication();
  ({ base } = application);
});

afterAll(() => application.close());

function codesOf(body: { errors: { code: string; field: string | null }[] }) {
  return body.errors.map(({ code, field }) => `${code} ${field ?? ''}`.trim());
}

describe('a bad request around the body', () => {
  const get = (path: string) => request(base).get(path).set(AUTHORIZED);

  it.each([
    ['/v1/things?color=red', 400, 'unknown-parameter', 'color'],
    ['/v1/things?constructor=1', 400, 'unknown-parameter', 'constructor'],
    ['/v1/things?__proto__=1', 400, 'unknown-parameter', '__proto__'],
    ['/v1/things?limit=1&limit=2', 400, 'duplicate-parameter', 'limit'],
    ['/v1/things?limit[a]=2', 400, 'unknown-parameter', 'limit[a]'],
    ['/v1/things?limit=0', 400, 'parameter-invalid', 'limit'],
    ['/v1/things?limit=1e1', 400, 'parameter-invalid', 'limit'],
    ['/v1/things?total=yes', 400, 'parameter-invalid', 'total'],
    ['/v1/things?cursor=bm8', 400, 'cursor-invalid', 'cursor'],
    ['/v1/things?cursor=', 400, 'parameter-invalid', 'cursor'],
    ['/v1/things?limit=%ZZ', 400, 'url-malformed', ''],
    ['/v1/things/%ff', 400, 'url-malformed', ''],
    ['/v1/things/%00', 400, 'url-malformed', ''],
    ['/v1/things/1', 404, 'not-found', null],
    ['/v2/things', 404, 'not-found', null],
    ['/', 404, 'not-found', null],
  ])('%s is %i %s', async (path, status, code, field) => {
    const answer = await get(path);
    expect([answer.status, answer.body.code, answer.body.errors[0].field]).toEqual([status, code, field]);
  });

  it('has a method that its path does not take', async () => {
    const answer = await request(base).put('/v1/things').set(AUTHORIZED).send({});
    expect([answer.status, answer.body.code, answer.headers['allow']]).toEqual([
      405,
      'method-not-allowed',
      'GET, HEAD, POST',
    ]);
  });

  it('has a ticket that nobody could print', async () => {
    const answer = await get('/v1/things').set('X-Change-Ticket', 'x'.repeat(129));
    expect([answer.status, answer.body.code]).toEqual([400, 'header-invalid']);
  });

  it('has a request id that is not taken over', async () => {
    const answer = await get('/v1/things').set('X-Request-Id', 'a b');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is no HTTP at all', async () => {
    const answer = await sendRaw(application.port, 'GARBAGE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('application/problem+json');
  });

  it('has headers without end', async () => {
    expect(await sendRaw(application.port, `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });
});

describe('a failure behind the door', () => {
  const get = (path: string) => request(base).get(path).set(AUTHORIZED);

  it('of ours says nothing but its request id', async () => {
    const answer = await get('/v1/things/broken').set('X-Request-Id', 'r1');
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({
      code: 'internal-error',
      requestId: 'r1',
      instance: '/v1/things/broken',
    });
    expect(answer.text).not.toContain('secret');
  });

  it('of rules tells all of them, with the status of the gravest', async () => {
    const answer = await get('/v1/things/rules');
    expect([answer.status, answer.body.code]).toEqual([422, 'not-enforceable']);
    expect(codesOf(answer.body)).toEqual(['real-server-exists /a', 'not-enforceable /b']);
  });

  it.each([
    ['23505', 409, 'conflict'],
    ['23P01', 409, 'conflict'],
    ['22021', 400, 'text-not-storable'],
    ['22P02', 400, 'text-not-storable'],
    ['40001', 503, 'try-again'],
    ['57P01', 503, 'database-unavailable'],
    ['55000', 503, 'database-unavailable'],
    ['42P01', 500, 'internal-error'],
  ])('of the database, %s, is %i %s', async (state, status, code) => {
    const answer = await get('/v1/things/database/x').set('X-State', state);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.text).not.toContain('SELECT');
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
  });
});
