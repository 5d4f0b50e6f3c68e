/** Many real servers of one service in one request. */
import type { Response } from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';

const SERVICES = '/v1/virtual-services';

let api: ApiUnderTest;
let last = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

async function serviceOf(...hosts: number[]): Promise<[bulk: string, made: Created, ids: string[]]> {
  const realServers = hosts.map((host) => ({ address: `192.0.2.${host}`, weight: host }));
  const made = await api.createService({ address: `198.51.100.${++last}`, realServers });
  return [`${SERVICES}/${made.id}/real-servers/bulk`, made, made.realServers.map(({ id }) => id)];
}

function troubles({ status, body }: Response): unknown[] {
  return [status, ...body.errors.map(({ code, field }: Record<string, string>) => `${code} ${field}`)];
}

it('are added, patched, moved and removed as one revision, and answered in the order that was sent', async () => {
  const [bulk, made, ids] = await serviceOf(11, 12, 13);
  const answer = await api
    .post(bulk, {
      create: [{ address: '192.0.2.15' }, { address: '192.0.2.11', weight: 3 }],
      patch: [
        { id: ids[2], weight: null, revision: made.revision },
        { id: ids[1], address: '192.0.2.14' },
      ],
      delete: [{ id: ids[0] }],
    })
    .set('If-Match', `"${made.revision}"`)
    .expect(200);
  expect(answer.body).toMatchObject({
    revision: made.revision + 1,
    created: [
      { address: '192.0.2.15', weight: 1000 },
      { address: '192.0.2.11', weight: 3 },
    ],
    patched: [
      { id: ids[2], weight: 1000 },
      { id: ids[1], address: '192.0.2.14', weight: 12 },
    ],
    deleted: [ids[0]],
  });
  expect((await api.post(bulk, {}).set('If-Match', `"${made.revision}"`)).status).toBe(412);
  const before = await api.contents();
  expect((await api.post(bulk, { patch: [{ id: ids[2], weight: 1000 }] }).expect(200)).body.revision).toBe(
    made.revision + 1,
  );
  expect(await api.contents()).toEqual(before);
});

it('are left as they are where anything is wrong, and all of it is told by its place', async () => {
  const [bulk, made, ids] = await serviceOf(11, 12, 13);
  const before = await api.contents();
  const none = '00000000-0000-4000-8000-000000000000';
  const wrong = { patch: [{ id: ids[1], weight: -1 }, { id: none }], delete: [{ id: ids[0], revision: 0 }] };
  expect(troubles(await api.post(bulk, wrong))).toEqual([
    400,
    'precondition-failed /delete/0/revision',
    'field-invalid /patch/0/weight',
    'not-found /patch/1/id',
  ]);
  const broken = {
    create: [{ address: '192.0.2.20' }, { address: '192.0.2.11' }, { address: '192.0.2.21', port: 1 }],
    patch: [
      { id: ids[1], port: 8080 },
      { id: ids[2], address: `198.51.100.${last}` },
    ],
  };
  const told = troubles(await api.post(bulk, broken)) as string[];
  expect(told[0]).toBe(422);
  expect(told.slice(1).sort()).toEqual([
    'direct-return-keeps-the-port /create/2/port',
    'direct-return-keeps-the-port /patch/0/port',
    'real-server-exists /create/1/address',
    'real-server-is-the-vip /patch/1/address',
  ]);
  const many = Array.from({ length: 998 }, (_, index) => ({ address: `10.1.${index >> 8}.${index & 255}` }));
  expect(troubles(await api.post(bulk, { create: many }))).toEqual([422, 'too-many-real-servers /create']);
  expect((await api.post(bulk.replace(made.id, none), {})).status).toBe(404);
  expect(await api.contents()).toEqual(before);
});
