/**
 * Every example of the served document is sent as somebody would paste it: after the first example of creating a virtual
 * service, with nothing changed but ids and entity tags, which are those of what is there.
 */
import { randomUUID } from 'node:crypto';
import type { Test } from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXAMPLE_SERVER_ID, EXAMPLE_SERVICE_ID } from '../../src/api/http/openapi/example-ids.js';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';
import type { OpenApiDocument, Operation, Parameter } from '../support/openapi/document.js';

const SERVICES = '/v1/virtual-services';
const FIRST = 'two-servers';
const KEY = 'b7e23ec2-9d3c-4a53-9f0e-0d1b7a7a3c11';
/** Only a connected director can answer these: 503 says that the question was understood. */
const ASKS_DIRECTORS = /\/(?:stats|flows|probe|route)$/;
/** It would wait for nodes that are not there; test/api/waiting.spec.ts does. */
const WAITS = 'Prefer';

/** That one request of a list may have. */
const MOST_PARAMETERS = 50;

interface Found {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly operation: Operation;
}

let api: ApiUnderTest;
let operations: readonly Found[];
let service: Created = { id: '', revision: 0, realServers: [] };
let node: string;
let nodes = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const { paths } = (await api.get('/openapi.json').expect(200)).body as OpenApiDocument;
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method as Found['method'],
      path,
      operation,
    })),
  );
});

afterAll(() => api.close());

it('of a body, a header or an approval works when it is pasted, and every body has one', async () => {
  for (const found of operations.filter(({ operation }) => isWrite(operation))) {
    const { method, path, operation } = found;
    const bodies = bodiesOf(found);
    expect(bodies.length, `${method} ${path} has no example`).toBeGreaterThan(0);
    for (const { type, name, value } of bodies) {
      await startOver(found, name);
      const request = api.send(method, filledPath(found));
      for (const parameter of operation.parameters ?? []) {
        put(request, parameter, await tagOf(path));
      }
      const text = filled(typeof value === 'string' ? value : JSON.stringify(value));
      const answer = await (type === '' ? request : request.type(type).send(text));
      const place = `${method} ${path} ${name}`;
      expect.soft(answer.status, `${place}: ${answer.text}`).toBe(successOf(operation));
      if (takes(operation, 'Idempotency-Key')) {
        expect.soft(answer.headers['idempotency-replayed'], place).toBe('false');
      }
    }
  }
});

it('of a parameter of a read works when it is pasted', async () => {
  for (const found of operations.filter(({ method }) => method === 'get')) {
    await startOver(found, '');
    const { path, operation } = found;
    const parameters = (operation.parameters ?? []).filter((each) => exampleOf(each) !== undefined);
    for (let first = 0; first < parameters.length; first += MOST_PARAMETERS) {
      const request = api.get(filledPath(found));
      for (const each of parameters.slice(first, first + MOST_PARAMETERS)) put(request, each, '"42"');
      const answer = await request;
      const expected = ASKS_DIRECTORS.test(path) ? 503 : 200;
      expect.soft(answer.status, `${path}: ${answer.text}`).toBe(expected);
    }
  }
});

function isWrite(operation: Operation): boolean {
  return operation.requestBody !== undefined || takes(operation, 'Idempotency-Key');
}

function takes({ parameters = [] }: Operation, name: string): boolean {
  return parameters.some((each) => each.name === name);
}

interface Body {
  readonly type: string;
  readonly name: string;
  readonly value: unknown;
}

/** What the media types of a request show; of one without a body nothing, once. */
function bodiesOf({ operation }: Found): readonly Body[] {
  if (operation.requestBody === undefined) return [{ type: '', name: 'as it is', value: '' }];
  return Object.entries(operation.requestBody.content).flatMap(([type, { examples = {} }]) =>
    Object.entries(examples).map(([name, { value }]) => ({ type, name, value })),
  );
}

function exampleOf({ name, in: place, description = '', schema }: Parameter): string | undefined {
  if (place === 'path' || name === WAITS) return undefined;
  const said = /Such as `([^`]+)`/.exec(description)?.[1];
  return said ?? (schema?.['example'] === undefined ? undefined : String(schema['example']));
}

/** Sets a parameter to its example, with the entity tag of what is there. */
function put(request: Test, parameter: Parameter, tag: string): void {
  const { name, in: place } = parameter;
  const example = exampleOf(parameter);
  if (example === undefined) return;
  const sent = filled(example)
    .replace(KEY, randomUUID())
    .replace(/^"42.*$/, tag);
  if (place === 'header') void request.set(name, sent);
  else void request.query(example.startsWith('tag.') ? sent : { [name]: sent });
}

/** As it is after the first example, which itself begins with nothing; and with what the operation is about. */
async function startOver({ path }: Found, name: string): Promise<void> {
  const nothing = { virtualServices: [] };
  const asked = await api.put('/v1/configuration', nothing);
  const approved = `/v1/configuration?approve=${asked.body.plan?.approve}`;
  if (asked.status !== 200) await api.put(approved, nothing).expect(200);
  if (path === SERVICES && name === FIRST) return;
  const create = operations.find((each) => each.method === 'post' && each.path === SERVICES) as Found;
  const first = bodiesOf(create).find((each) => each.name === FIRST);
  const made = await api.post(SERVICES, first?.value as object);
  expect(made.status, made.text).toBe(201);
  service = made.body as Created;
  if (path.endsWith('/attestation')) await attest();
  if (path.startsWith('/v1/nodes/')) await makeNode();
}

async function attest(): Promise<void> {
  const server = filled(`${SERVICES}/${EXAMPLE_SERVICE_ID}/real-servers/${EXAMPLE_SERVER_ID}`);
  await api.patch(server, { managed: false }).expect(200);
  await api.put(`${server}/attestation`, {}).expect(200);
}

async function makeNode(): Promise<void> {
  nodes += 1;
  const body = { name: `web-9${nodes}`, role: 'agent', addresses: [`192.0.2.9${nodes}`] };
  node = String((await api.post('/v1/nodes', body).expect(201)).body.id);
}

/** Examples and paths name objects that are there. */
function filled(text: string): string {
  const server = service.realServers[0]?.id ?? '';
  return text.replaceAll(EXAMPLE_SERVICE_ID, service.id).replaceAll(EXAMPLE_SERVER_ID, server);
}

function filledPath({ path }: Found): string {
  const id = path.startsWith('/v1/nodes') ? node : EXAMPLE_SERVICE_ID;
  const named = path.replace('{realServerId}', EXAMPLE_SERVER_ID).replace('{file}', 'SHA256SUMS');
  return filled(named.replace('{id}', id).replace('{number}', String(service.revision)));
}

/** Of what the path is about; a rollback takes the newest revision, as a service has it that was made last. */
async function tagOf(path: string): Promise<string> {
  const service = filled(`${SERVICES}/${EXAMPLE_SERVICE_ID}`);
  const of = path.startsWith('/v1/nodes/') ? `/v1/nodes/${node}` : service;
  const from = path === '/v1/configuration' ? `${path}?tag.env=prod` : of;
  return String((await api.get(from)).headers['etag']);
}

function successOf({ responses }: Operation): number {
  return [201, 204, 200].find((status) => responses[String(status)] !== undefined) ?? 0;
}
