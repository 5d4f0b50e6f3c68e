/** Joins and join tokens are changes of who may speak as a node, and the history tells them without a secret. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { JOIN_PATH } from '../../src/contract/join.js';
import { ApiUnderTest } from '../support/api-under-test.js';

const ADDRESSES = ['192.0.2.11', '2001:db8::11'];
let api: ApiUnderTest;
let id: string;
let tokens: string[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const made = await api
    .post('/v1/nodes', { name: 'web-1', role: 'agent', addresses: ADDRESSES })
    .expect(201);
  id = made.body.id;
  const renewed = await api.post(`/v1/nodes/${id}/join-token`).set('X-Change-Ticket', 'CHG-7').expect(201);
  tokens = [made.body.joinToken, renewed.body.joinToken];
});

afterAll(() => api.close());

function join(joinToken: string) {
  const ask = { format: 1, joinToken, role: 'agent', addresses: ADDRESSES };
  return api.send('post', JOIN_PATH, null).set('X-Request-Id', 'join-1').send(ask);
}

async function newest() {
  const { body } = await api.get('/v1/revisions?limit=1').expect(200);
  return body.items[0];
}

const SAME = { name: 'web-1', role: 'agent', addresses: ADDRESSES };

it('a new join token, with who asked for it and under which ticket', async () => {
  const revision = await newest();
  expect(revision).toMatchObject({ number: 2, actor: 'admin', ticket: 'CHG-7' });
  expect(revision.changes).toEqual([
    {
      action: 'update',
      objectType: 'node',
      objectId: id,
      before: { ...SAME, joinTokenExpiresAt: expect.any(String) },
      after: { ...SAME, joinTokenExpiresAt: expect.any(String) },
    },
  ]);
});

it('a join, by the node, and nothing where it was refused', async () => {
  expect((await join('hwj_nobody-knows-this')).status).toBe(401);
  expect((await join(tokens[0] ?? '')).status, 'the older token is worth nothing').toBe(401);
  expect((await newest()).number).toBe(2);

  await join(tokens[1] ?? '').expect(200);
  const revision = await newest();
  expect(revision).toMatchObject({ number: 3, actor: 'node:web-1', requestId: 'join-1' });
  expect(revision.changes).toMatchObject([
    {
      action: 'update',
      objectType: 'node',
      objectId: id,
      before: { ...SAME, joinedAt: null },
      after: { ...SAME, joinedAt: expect.any(String) },
    },
  ]);
});

it('a deletion, with the addresses that the node had', async () => {
  await api.delete(`/v1/nodes/${id}`).expect(204);
  expect((await newest()).changes).toEqual([
    { action: 'delete', objectType: 'node', objectId: id, before: SAME, after: null },
  ]);
});

it('holds no secret and no hash of one', async () => {
  const rows = await api.query('SELECT before, after FROM audit_entry');
  expect(rows.length).toBe(4);
  expect(JSON.stringify(rows)).not.toMatch(/hwj_|hwn_|hash/i);
});
