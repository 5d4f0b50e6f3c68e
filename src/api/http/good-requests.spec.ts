import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor } from './page.js';
import {
  AUTHORIZED,
  ID,
  NODE_TOKEN,
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

function post(body: unknown, type = 'application/json') {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const call = request(base).post('/v1/things').set(AUTHORIZED).set('Content-Type', type);
  return call.serialize((x) => x as string).send(text as string);
}

describe('a request that is good', () => {
  it('is answered, with its own request id, actor and ticket', async () => {
    const answer = await post(VALID_THING).set('X-Request-Id', 'abc-1').set('X-Change-Ticket', 'CHG-1');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ ...VALID_THING, actor: 'olga', ticket: 'CHG-1' });
    expect(answer.headers['x-request-id']).toBe('abc-1');
  });

  it('keeps its context over waits', async () => {
    const answer = await request(base).get('/v1/things/slow').set(AUTHORIZED).set('X-Request-Id', 'wait');
    expect(answer.body).toMatchObject({ requestId: 'wait', actor: { name: 'olga' } });
  });

  it('may have a body in merge-patch for PATCH, and none for POST without fields', async () => {
    const patch = request(base).patch(`/v1/things/${ID}`).set(AUTHORIZED);
    const answer = await patch.set('Content-Type', 'application/merge-patch+json').send('{"name":"x"}');
    expect(answer.body).toEqual({ id: ID, name: 'x' });
    await request(base).post(`/v1/things/${ID}/run`).set(AUTHORIZED).expect(201);
    await request(base).delete(`/v1/things/${ID}`).set(AUTHORIZED).expect(200);
  });

  it('gets a strong entity tag, and If-Match compares it strongly', async () => {
    const path = `/v1/things/${ID}`;
    const answer = await request(base).get(path).set(AUTHORIZED).expect(200);
    const tag = answer.headers['etag'] ?? '';
    expect(tag).toMatch(/^"7-[0-9a-f]{32}"$/);
    await request(base).get(path).set(AUTHORIZED).set('If-None-Match', tag).expect(304);
    const patch = (tag: string) =>
      request(base).patch(path).set(AUTHORIZED).set('If-Match', tag).send({ name: 'x' });
    await patch(tag).expect(200);
    await patch('"7"').expect(200);
    await patch('"6", "7"').expect(200);
    await patch('*').expect(200);
    await patch('"6"').expect(412);
    await patch('W/"7"').expect(412);
  });

  it('gets a page with a link to the next one', async () => {
    const answer = await request(base).get('/v1/things?limit=2&total=true').set(AUTHORIZED).expect(200);
    expect(answer.body.items).toEqual([{ limit: 2, total: true }]);
    expect(answer.headers['link']).toBe(
      `</v1/things?limit=2&total=true&cursor=${encodeCursor(['b'])}>; rel="next"`,
    );
    const next = await request(base).get(`/v1/things?cursor=${answer.body.nextCursor}`).set(AUTHORIZED);
    expect(next.body.after).toEqual(['b']);
  });

  it('gets no header that names the framework, and nothing to keep', async () => {
    const { headers } = await request(base).get('/healthz').expect(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['etag']).toBeUndefined();
  });
});

describe('a body of 1,000 servers', () => {
  it('is read and checked in a few milliseconds', async () => {
    const servers = Array.from({ length: 1_000 }, (_, index) => ({
      address: `10.1.${index >> 8}.${index & 255}`,
      port: 80,
    }));
    const body = { ...VALID_THING, servers };
    await post(body).expect(201);
    const start = performance.now();
    await post(body).expect(201);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('the guard', () => {
  it.each([
    ['no credential', '/v1/things', undefined, 401],
    ['a wrong token', '/v1/things', 'Bearer hwt_wrong', 401],
    ['another scheme', '/v1/things', `Basic ${TOKEN}`, 401],
    ['a node on a route of operators', '/v1/things', `Bearer ${NODE_TOKEN}`, 401],
    ['an operator on a route of nodes', '/node/v1/whoami', `Bearer ${TOKEN}`, 401],
    ['a node on its own route', '/node/v1/whoami', `Bearer ${NODE_TOKEN}`, 200],
    ['an operator', '/v1/things', `bearer ${TOKEN}`, 200],
    ['nobody at a probe', '/healthz', undefined, 200],
  ])('answers %s', async (_name, path, credential, status) => {
    const answer = await request(base)
      .get(path)
      .set(credential === undefined ? {} : { Authorization: credential });
    expect(answer.status).toBe(status);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="homeward"' : undefined);
  });

  it('comes before the body, so that strangers learn nothing of fields', async () => {
    const answer = await request(base)
      .post('/v1/things')
      .set('Content-Type', 'application/json')
      .send('{"a"');
    expect(answer.status).toBe(401);
  });
});
