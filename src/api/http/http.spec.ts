import 'reflect-metadata';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  Module,
  Patch,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failed, rulesBroken } from '../../domain/failure.js';
import { createLogger } from '../../platform/logger.js';
import { ForNodes, Public } from './access.js';
import { ApiProblems } from './api-problems.js';
import { configureHttp, HTTP_APPLICATION_OPTIONS } from './configure-http.js';
import { CredentialLookup } from './credential-lookup.js';
import { EtagInterceptor, requireMatch } from './etag.js';
import { AddressField } from './fields/address-field.js';
import { BooleanField } from './fields/boolean-field.js';
import { EnumField } from './fields/enum-field.js';
import { IntegerField } from './fields/integer-field.js';
import { NestedField, NestedListField } from './fields/nested-field.js';
import { TagsField } from './fields/tags-field.js';
import { TextField } from './fields/text-field.js';
import { UuidField } from './fields/uuid-field.js';
import { IfMatch } from './if-match.js';
import { decodeCursor, encodeCursor, PageQuery } from './page.js';
import {
  currentActor,
  currentNode,
  requestContext,
  type Actor,
  type NodeIdentity,
} from './request-context.js';
import { UuidParam } from './uuid-param.js';

const TOKEN = 'hwt_the-operator';
const NODE_TOKEN = 'hwn_the-node';
const ID = '5a0c7c5e-6f1b-4f0c-9f0e-0d1b7a7a3c11';

class Check {
  @EnumField({ description: 'Kind.', values: ['tcp', 'none'] })
  type: string;
}

class Server {
  @AddressField({ description: 'Address.' })
  address: string;

  @IntegerField({ description: 'Port.', min: 1, max: 65535, optional: true, example: 80 })
  port?: number;
}

class Thing {
  @TextField({ description: 'Name.', max: 20 })
  name: string;

  @AddressField({ description: 'Address.' })
  address: string;

  @BooleanField({ description: 'On.', optional: true })
  enabled?: boolean;

  @TagsField({ description: 'Tags.', optional: true })
  tags?: Record<string, string>;

  @UuidField({ description: 'Owner.', optional: true, nullable: true })
  owner?: string | null;

  @NestedField(() => Check, { description: 'Check.', optional: true, nullable: true })
  check?: Check | null;

  @NestedListField(() => Server, { description: 'Servers.', optional: true, maxItems: 2000 })
  servers?: Server[];
}

class ThingPatch {
  @TextField({ description: 'Name.', max: 20, optional: true })
  name?: string;
}

const isPosition = (value: unknown): value is readonly [string] =>
  Array.isArray(value) && value.length === 1 && typeof value[0] === 'string';

@Controller('v1/things')
class ThingController {
  @Get()
  list(@Query() query: PageQuery) {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, isPosition);
    return { items: [query], after, nextCursor: encodeCursor(['b']) };
  }

  @Post()
  @ApiProblems(400, 422)
  create(@Body() thing: Thing) {
    return { ...thing, actor: currentActor().name, ticket: requestContext().ticket };
  }

  @Get('slow')
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return requestContext();
  }

  @Get('broken')
  broken() {
    throw new Error('a secret of ours');
  }

  @Get('rules')
  rules() {
    throw new Failed(
      rulesBroken([
        { kind: 'conflict', code: 'real-server-exists', field: '/a', message: 'A.', hint: 'a' },
        { kind: 'unprocessable', code: 'not-enforceable', field: '/b', message: 'B.', hint: 'b' },
      ]),
    );
  }

  @Get('database/:state')
  database(@Headers('x-state') code: string) {
    throw Object.assign(new Error('SELECT secret'), {
      driverError: Object.assign(new Error('pg'), { code }),
    });
  }

  @Get(':id')
  @UseInterceptors(EtagInterceptor)
  get(@UuidParam('id') id: string) {
    return { id, revision: 7 };
  }

  @Patch(':id')
  patch(@UuidParam('id') id: string, @Body() patch: ThingPatch, @IfMatch() ifMatch?: string) {
    requireMatch(ifMatch, 7);
    return { id, ...patch };
  }

  @Post(':id/run')
  run(@UuidParam('id') id: string) {
    return { id };
  }

  @Delete(':id')
  delete(@UuidParam('id') id: string) {
    return { id };
  }
}

@Controller()
class DoorController {
  @Get('healthz')
  @Public()
  healthz() {
    return { status: 'ok' };
  }

  @Get('node/v1/whoami')
  @ForNodes()
  whoami() {
    return currentNode();
  }
}

class OneOfEach extends CredentialLookup {
  override findToken(sha256: Buffer): Promise<Actor | null> {
    return Promise.resolve(isHashOf(sha256, TOKEN) ? { id: ID, name: 'olga' } : null);
  }

  override findNode(sha256: Buffer): Promise<NodeIdentity | null> {
    return Promise.resolve(isHashOf(sha256, NODE_TOKEN) ? { id: ID, role: 'agent' } : null);
  }
}

function isHashOf(sha256: Buffer, text: string): boolean {
  return createHash('sha256').update(text).digest().equals(sha256);
}

@Module({
  controllers: [ThingController, DoorController],
  providers: [{ provide: CredentialLookup, useClass: OneOfEach }],
})
class ThingModule {}

let application: NestExpressApplication;
let base: string;
let port: number;

beforeAll(async () => {
  application = await NestFactory.create<NestExpressApplication>(ThingModule, HTTP_APPLICATION_OPTIONS);
  configureHttp(application, createLogger('test', 'silent'));
  await application.listen(0, '127.0.0.1');
  ({ port } = application.getHttpServer().address() as AddressInfo);
  base = `http://127.0.0.1:${port}`;
});

afterAll(() => application.close());

const authorized = { Authorization: `Bearer ${TOKEN}` };
const valid = { name: 'web', address: '192.0.2.200' };

function post(body: unknown, type = 'application/json') {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return request(base)
    .post('/v1/things')
    .set(authorized)
    .set('Content-Type', type)
    .serialize((x) => x as string)
    .send(text as string);
}

function codesOf(body: { errors: { code: string; field: string | null }[] }) {
  return body.errors.map(({ code, field }) => `${code} ${field ?? ''}`.trim());
}

describe('a request that is good', () => {
  it('is answered, with its own request id, actor and ticket', async () => {
    const answer = await post(valid).set('X-Request-Id', 'abc-1').set('X-Change-Ticket', 'CHG-1');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ ...valid, actor: 'olga', ticket: 'CHG-1' });
    expect(answer.headers['x-request-id']).toBe('abc-1');
  });

  it('keeps its context over waits', async () => {
    const answer = await request(base).get('/v1/things/slow').set(authorized).set('X-Request-Id', 'wait');
    expect(answer.body).toMatchObject({ requestId: 'wait', actor: { name: 'olga' } });
  });

  it('may have a body in merge-patch for PATCH, and none for POST without fields', async () => {
    const patch = request(base).patch(`/v1/things/${ID}`).set(authorized);
    const answer = await patch.set('Content-Type', 'application/merge-patch+json').send('{"name":"x"}');
    expect(answer.body).toEqual({ id: ID, name: 'x' });
    await request(base).post(`/v1/things/${ID}/run`).set(authorized).expect(201);
    await request(base).delete(`/v1/things/${ID}`).set(authorized).expect(200);
  });

  it('gets a strong entity tag, and If-Match compares it strongly', async () => {
    const path = `/v1/things/${ID}`;
    const answer = await request(base).get(path).set(authorized).expect(200);
    expect(answer.headers['etag']).toBe('"7"');
    const patch = (tag: string) =>
      request(base).patch(path).set(authorized).set('If-Match', tag).send({ name: 'x' });
    await patch('"7"').expect(200);
    await patch('"6", "7"').expect(200);
    await patch('*').expect(200);
    await patch('"6"').expect(412);
    await patch('W/"7"').expect(412);
  });

  it('gets a page with a link to the next one', async () => {
    const answer = await request(base).get('/v1/things?limit=2&total=true').set(authorized).expect(200);
    expect(answer.body.items).toEqual([{ limit: 2, total: true }]);
    expect(answer.headers['link']).toBe(
      `</v1/things?limit=2&total=true&cursor=${encodeCursor(['b'])}>; rel="next"`,
    );
    const next = await request(base).get(`/v1/things?cursor=${answer.body.nextCursor}`).set(authorized);
    expect(next.body.after).toEqual(['b']);
  });

  it('gets no header that names the framework, and nothing to keep', async () => {
    const { headers } = await request(base).get('/healthz').expect(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['etag']).toBeUndefined();
  });
});

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
    const answer = await post(valid, type).set(headers);
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported-media-type']);
  });

  it('without an end is refused once it is too large, and not read on', async () => {
    const answer = await sendChunked(1_500_000);
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
    ['null in a list', { ...valid, servers: [null] }, 'field-invalid /servers'],
    ['lists in a list', { ...valid, servers: [[{ address: '192.0.2.1' }]] }, 'field-invalid /servers'],
    ['an object for a list', { ...valid, servers: { address: '192.0.2.1' } }, 'field-invalid /servers'],
    ['a list for an object', { ...valid, check: [{ type: 'tcp' }] }, 'field-invalid /check'],
    ['text for an object', { ...valid, check: 'tcp' }, 'field-invalid /check'],
    ['null where it has no meaning', { ...valid, enabled: null }, 'field-invalid /enabled'],
    ['a null of a required field', { ...valid, name: null }, 'field-invalid /name'],
    ['an object for text', { ...valid, name: { toString: 1 } }, 'unknown-field /name/toString'],
    ['control characters', { ...valid, name: 'a\u001b[31m' }, 'field-invalid /name'],
    ['a zone id', { ...valid, address: 'fd00::1%eth0' }, 'address-not-usable /address'],
  ])('with %s is refused', async (_name, body, code) => {
    const answer = await post(body);
    expect([answer.status, codesOf(answer.body)]).toEqual([400, [code]]);
  });

  it('may use null where a field allows it', async () => {
    await post({ ...valid, owner: null, check: null }).expect(201);
  });
});

describe('a bad request around the body', () => {
  const get = (path: string) => request(base).get(path).set(authorized);

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
    const answer = await request(base).put('/v1/things').set(authorized).send({});
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
    const answer = await sendRaw('GARBAGE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('application/problem+json');
  });

  it('has headers without end', async () => {
    expect(await sendRaw(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('a failure behind the door', () => {
  const get = (path: string) => request(base).get(path).set(authorized);

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
    ['23P01', 409, 'virtual-service-overlaps'],
    ['22021', 400, 'text-not-storable'],
    ['22P02', 400, 'text-not-storable'],
    ['40001', 503, 'try-again'],
    ['57P01', 503, 'database-unavailable'],
    ['42P01', 500, 'internal-error'],
  ])('of the database, %s, is %i %s', async (state, status, code) => {
    const answer = await get('/v1/things/database/x').set('X-State', state);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.text).not.toContain('SELECT');
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
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

describe('the document', () => {
  it('is OpenAPI 3.1 and states what the decorators say', async () => {
    const { body } = await request(base).get('/openapi.json').expect(200);
    expect(body.openapi).toBe('3.1.0');
    expect(body.components.schemas.Server).toEqual({
      type: 'object',
      properties: {
        address: {
          description: 'Address.',
          anyOf: [
            { type: 'string', format: 'ipv4' },
            { type: 'string', format: 'ipv6' },
          ],
        },
        port: { type: 'integer', minimum: 1, maximum: 65535, description: 'Port.', example: 80 },
      },
      required: ['address'],
    });
    expect(body.security).toEqual([{ bearer: [] }]);
    expect(body.paths['/v1/things/{id}'].patch.parameters[1]).toMatchObject({
      name: 'If-Match',
      required: false,
    });
    const create = body.paths['/v1/things'].post;
    expect(create.responses['422'].content['application/problem+json'].schema.$ref).toBe(
      '#/components/schemas/Problem',
    );
    expect(body.paths['/v1/things/{id}'].get.parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
    ]);
    expect(body.paths['/v1/things'].get.parameters[0]).toMatchObject({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    });
  });

  it('is shown by Swagger UI', async () => {
    const page = await request(base).get('/docs/').redirects(1).expect(200);
    expect(page.text).toContain('swagger-ui-bundle.js');
    const script = await request(base).get('/docs/swagger-ui-init.js').expect(200);
    expect(script.text).toContain('/v1/things');
  });
});

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
  const key = fc.oneof(nasty, fc.string({ unit: 'binary' }));
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
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
          `GET ${path}${text} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 [234]/);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

describe('a body of 1,000 servers', () => {
  it('is read and checked in a few milliseconds', async () => {
    const servers = Array.from({ length: 1_000 }, (_, index) => ({
      address: `10.1.${index >> 8}.${index & 255}`,
      port: 80,
    }));
    const body = { ...valid, servers };
    await post(body).expect(201);
    const start = performance.now();
    await post(body).expect(201);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('latin1').on('data', (chunk) => (answer += String(chunk)));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

/** Resolves to what came back when `bytes` were sent of a body that never ends. */
function sendChunked(bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `POST /v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n` +
          `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      socket.write(`${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`);
    });
    socket.setEncoding('latin1').once('data', (chunk) => {
      socket.destroy();
      resolve(String(chunk));
    });
    socket.on('error', reject);
  });
}
