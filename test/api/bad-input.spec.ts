/** Requests that cannot be read or say what is not known: each is told as what it is, and nothing of it stays. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, ApiUnderTest } from '../support/api-under-test.js';
import { BAD_BODIES, json, VALID } from '../support/bad-bodies.js';

const SERVICES = '/v1/virtual-services';

let api: ApiUnderTest;
let service: string;
let server: string;
let node: string;
let before: unknown;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const made = await api.createService({ address: '192.0.2.200', realServers: [{ address: '192.0.2.11' }] });
  service = `${SERVICES}/${made.id}`;
  server = `${service}/real-servers/${made.realServers[0]?.id ?? ''}`;
  const agent = await api.post('/v1/nodes', { name: 'web-1', role: 'agent', addresses: ['192.0.2.11'] });
  node = `/v1/nodes/${String(agent.body.id)}`;
});

afterAll(() => api.close());

beforeEach(async () => {
  before = await api.contents();
});

afterEach(async () => {
  expect(await api.contents(), 'nothing is left behind').toEqual(before);
});

function send(method: string, path: string, body: string | Buffer, type = 'application/json') {
  return api
    .send(method, path)
    .type(type)
    .serialize((sent) => sent as string)
    .send(body as string);
}

function codes(body: { errors: { code: string; field: string | null }[] }): string[] {
  return body.errors.map(({ code, field }) => `${code} ${field ?? ''}`.trim()).sort();
}

describe('a body', () => {
  it.each(BAD_BODIES)('%s is refused', async (_name, body, errors) => {
    const answer = await send('post', SERVICES, body);
    expect([answer.status, codes(answer.body)]).toEqual([400, errors]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      status: 400,
      instance: SERVICES,
      requestId: answer.headers['x-request-id'],
    });
    expect(answer.text).not.toMatch(/node_modules|at .*\.(js|ts):|typeorm|postgres|nest/i);
  });

  it.each([
    ['nests deeper than any object', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, 400, 'too-deep'],
    ['is a million brackets', '['.repeat(1_000_000), 400, 'json-malformed'],
    ['is larger than 1 MiB', json({ ...VALID, description: 'x'.repeat(1_048_576) }), 413, 'body-too-large'],
  ])('that %s is refused', async (_name, body, status, code) => {
    const answer = await send('post', SERVICES, body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'multipart/form-data',
    'application/merge-patch+json',
  ])('that comes as %s is 415', async (type) => {
    const answer = await send('post', SERVICES, json(VALID), type);
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported-media-type']);
  });

  it('of a patch is read as strictly as that of a new object', async () => {
    for (const [path, body, errors] of [
      [service, '{"a":1}', ['unknown-field /a']],
      [service, '{"id":"x"}', ['unknown-field /id']],
      [service, '{"realServers":[]}', ['unknown-field /realServers']],
      [service, '{"address":null}', ['field-required /address']],
      [service, '{"port":"80"}', ['field-invalid /port']],
      [service, '{"tags":{"UPPER":"x"}}', ['field-invalid /tags']],
      [service, '[]', ['body-not-object']],
      [service, '', ['body-required']],
      [service, '{"name":"a","name":"b"}', ['duplicate-key /name']],
      [server, '{"weight":1.5,"x":1}', ['field-invalid /weight', 'unknown-field /x']],
      [server, '{"address":"fe80::1"}', ['address-not-usable /address']],
      [server, '{"__proto__":{}}', ['unknown-field /__proto__']],
    ] as const) {
      const answer = await send('patch', path, body, 'application/merge-patch+json');
      expect([answer.status, codes(answer.body)], body).toEqual([400, errors]);
    }
  });

  it.each([
    [{ name: 'a b', role: 'agent', addresses: ['192.0.2.12'] }, ['field-invalid /name']],
    [{ name: '../x', role: 'agent', addresses: ['192.0.2.12'] }, ['field-invalid /name']],
    [{ name: 'x', role: 'admin', addresses: ['192.0.2.12'] }, ['field-invalid /role']],
    [{ name: 'x', role: 'agent', addresses: [] }, ['field-invalid /addresses']],
    [{ name: 'x', role: 'agent', addresses: '192.0.2.12' }, ['field-invalid /addresses']],
    [{ name: 'x', role: 'agent', addresses: ['192.0.2.12', '192.0.2.12'] }, ['field-invalid /addresses']],
    [{ name: 'x', role: 'agent', addresses: ['2001:db8::1', '2001:0db8::1'] }, ['field-invalid /addresses']],
    [{ name: 'x', role: 'agent', addresses: ['fe80::1%eth0'] }, ['field-invalid /addresses']],
    [{ name: 'x', role: 'agent', addresses: ['192.0.2.12'], credential: 'x' }, ['unknown-field /credential']],
  ])('of a node that is %j is refused', async (body, errors) => {
    const answer = await api.post('/v1/nodes', body);
    expect([answer.status, codes(answer.body)]).toEqual([400, errors]);
  });
});

describe('a path', () => {
  it.each([
    ['get', `${SERVICES}/${randomUUID()}`, 404],
    ['get', `${SERVICES}/nothing`, 404],
    ['get', `${SERVICES}/..%2f..%2fetc`, 404],
    ['patch', `${SERVICES}/1`, 404],
    ['delete', `${SERVICES}/${randomUUID()}`, 404],
    ['get', `${SERVICES}/${randomUUID()}/real-servers`, 404],
    ['get', `/v1/nodes/${randomUUID()}`, 404],
    ['post', '/v1/nodes/x/join-token', 404],
    ['get', '/v1/revisions/0', 404],
    ['get', '/v1/revisions/-1', 404],
    ['get', '/v1/revisions/1.5', 404],
    ['get', '/v1/revisions/99999999999999999999', 404],
    ['get', '/v1/revisions/999999999999999', 404],
    ['get', '/v1/nowhere', 404],
    ['get', `${SERVICES}/%00`, 400],
    ['get', `${SERVICES}/%zz`, 400],
    ['get', `${SERVICES}/%ff`, 400],
    ['put', SERVICES, 405],
    ['delete', SERVICES, 405],
    ['post', '/v1/revisions', 405],
  ])('%s %s answers %i', async (method, path, status) => {
    const call = api.send(method, path);
    const answer = await (method === 'get' || method === 'delete' ? call : call.send({ name: 'x' }));
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    if (status === 405) expect(answer.headers['allow']).toBeDefined();
  });

  it('of a real server of another service is not found', async () => {
    const [, id] = server.split('/real-servers/');
    const path = `${SERVICES}/${randomUUID()}/real-servers/${id ?? ''}`;
    expect((await api.get(path)).status).toBe(404);
    expect((await api.get(server)).status).toBe(200);
  });
});

describe('a query', () => {
  const cursor = (...position: unknown[]) => `cursor=${Buffer.from(json(position)).toString('base64url')}`;
  const at = (time: string) => cursor('createdAt,id', time, randomUUID());

  it.each([
    [`${SERVICES}?limit=0`, 'parameter-invalid'],
    [`${SERVICES}?limit=201`, 'parameter-invalid'],
    [`${SERVICES}?limit=1e2`, 'parameter-invalid'],
    [`${SERVICES}?limit=`, 'parameter-invalid'],
    [`${SERVICES}?total=yes`, 'parameter-invalid'],
    [`${SERVICES}?port=http`, 'parameter-invalid'],
    [`${SERVICES}?protocol=sctp`, 'parameter-invalid'],
    [`${SERVICES}?address=fe80::1%25eth0`, 'address-not-usable'],
    [`${SERVICES}?limit=1&limit=2`, 'duplicate-parameter'],
    [`${SERVICES}?sort=colour`, 'parameter-invalid'],
    [`${SERVICES}?colour=red`, 'unknown-parameter'],
    [`${SERVICES}?__proto__=1`, 'unknown-parameter'],
    [`${SERVICES}?constructor=1`, 'unknown-parameter'],
    [`${SERVICES}?name[$ne]=x`, 'unknown-parameter'],
    [`${SERVICES}?name=%00`, 'url-malformed'],
    [`${SERVICES}?name=%ff`, 'url-malformed'],
    [`${SERVICES}?cursor=x`, 'cursor-invalid'],
    [`${SERVICES}?${cursor(1, 2)}`, 'cursor-invalid'],
    [`${SERVICES}?${at('+275760-09-13T00:00:00.000Z')}`, 'cursor-invalid'],
    [`${SERVICES}?${at('-000001-01-01T00:00:00.000Z')}`, 'cursor-invalid'],
    [`${SERVICES}?${at('0000-01-01T00:00:00.000Z')}`, 'cursor-invalid'],
    [`${SERVICES}?${cursor('createdAt,id', '2026-11-23T00:00:00.000Z', 'x')}`, 'cursor-invalid'],
    [`${SERVICES}?sort=address&${cursor('address,id', '192.0.2.0/24', randomUUID())}`, 'cursor-invalid'],
    [`/v1/nodes?${cursor('name,id', 'a\0b', randomUUID())}`, 'cursor-invalid'],
    ['/v1/nodes?cursor=bnVsbA', 'cursor-invalid'],
    ['/v1/nodes?role=admin', 'parameter-invalid'],
    [`/v1/revisions?${cursor('-number', 1e300)}`, 'cursor-invalid'],
    [`/v1/revisions?${cursor('-number', '9'.repeat(16))}`, 'cursor-invalid'],
    ['/v1/revisions?objectId=x', 'parameter-invalid'],
  ])('%s is refused as %s', async (path, code) => {
    const answer = await api.get(path);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });

  it('with a cursor that fits its list is taken, whoever made it up', async () => {
    await api.get(`${SERVICES}?${at('2026-11-23T00:00:00.000Z')}`).expect(200);
  });

  it('that no write knows is refused, not ignored', async () => {
    for (const [method, path, body] of [
      ['post', SERVICES, VALID],
      ['patch', service, { name: 'new' }],
      ['delete', service, undefined],
      ['post', `${service}/real-servers`, { address: '192.0.2.12' }],
      ['patch', server, { weight: 1 }],
      ['delete', server, undefined],
      ['post', '/v1/nodes', { name: 'web-2', role: 'agent', addresses: ['192.0.2.12'] }],
      ['post', `${node}/join-token`, undefined],
      ['delete', node, undefined],
    ] as const) {
      const answer = await api.send(method, `${path}?dry_run=true`).send(body);
      expect([answer.status, answer.body.code], `${method} ${path}`).toEqual([400, 'unknown-parameter']);
    }
  });

  it('that a single object does not know is refused', async () => {
    for (const path of [service, server, node, '/v1/revisions/1', '/v1/capabilities']) {
      const answer = await api.get(`${path}?expand=all&x=1`);
      expect([answer.status, codes(answer.body)]).toEqual([
        400,
        ['unknown-parameter expand', 'unknown-parameter x'],
      ]);
      expect((await api.get(path)).status).toBe(200);
    }
  });
});

describe('a header', () => {
  it.each(['', 'a'.repeat(129), 'täglich', 'a\tb'])('X-Change-Ticket: %j is refused', async (ticket) => {
    const answer = await api.post(SERVICES, VALID).set('X-Change-Ticket', ticket);
    expect([answer.status, codes(answer.body)]).toEqual([400, ['header-invalid X-Change-Ticket']]);
  });

  it('X-Request-Id that could not be printed is replaced', async () => {
    for (const sent of ['a b', 'x'.repeat(65), '<script>']) {
      const answer = await api.get(SERVICES).set('X-Request-Id', sent);
      expect(answer.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    }
    const control = await api.get(SERVICES).set('X-Request-Id', 'mine.1');
    expect(control.headers['x-request-id']).toBe('mine.1');
  });

  it.each(['"0"', 'W/"1"', '1', '""', '"1" "2"', 'garbage'])('If-Match: %s matches nothing', async (tag) => {
    expect((await api.patch(service, { name: 'new' }).set('If-Match', tag)).status).toBe(412);
    expect((await api.delete(service).set('If-Match', tag)).status).toBe(412);
    expect((await api.delete(server).set('If-Match', tag)).status).toBe(412);
  });
});

describe('a request without a credential that is known', () => {
  const ROUTES = [
    ['get', '/v1/virtual-services'],
    ['post', '/v1/virtual-services'],
    ['get', '/v1/nodes'],
    ['post', '/v1/nodes'],
    ['get', '/v1/revisions'],
    ['get', '/v1/revisions/1'],
    ['get', '/v1/capabilities'],
    ['get', '/metrics'],
  ] as const;

  it.each(ROUTES)('%s %s is 401', async (method, path) => {
    for (const token of [null, 'wrong', `${ADMIN_TOKEN}x`, ADMIN_TOKEN.slice(0, -1)]) {
      const answer = await api.send(method, path, token);
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    }
    for (const header of ['', 'Bearer', 'Basic YTpi', `bearer  ${ADMIN_TOKEN} x`, `Token ${ADMIN_TOKEN}`]) {
      expect((await api.send(method, path, null).set('Authorization', header)).status).toBe(401);
    }
  });

  it.each(['/healthz', '/readyz', '/openapi.json', '/docs/'])('%s is open', async (path) => {
    expect((await api.send('get', path, null)).status).toBe(200);
  });
});

it('is read, though nothing is made of it, where no body is asked for', async () => {
  for (const [method, path] of [
    ['post', `${node}/join-token`],
    ['put', `${server}/attestation`],
  ] as const) {
    expect((await send(method, path, '{}', 'text/plain')).status).toBe(415);
    expect((await send(method, path, '{')).body.code).toBe('json-malformed');
  }
});
