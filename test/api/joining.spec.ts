/** A join token works once, in time, in its role and on its host; what it buys opens nothing else. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { JOIN_PATH } from '../../src/contract/join.js';
import { untilSo } from '../support/until-so.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const HOST = ['192.0.2.11', '2001:db8::11'];
let api: ApiUnderTest;
let count = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

async function makeNode(role = 'agent'): Promise<{ id: string; joinToken: string; addresses: string[] }> {
  count += 1;
  const addresses = [`192.0.2.${count}`, `2001:db8::${count}`];
  const answer = await api.post('/v1/nodes', { name: `node-${count}`, role, addresses }).expect(201);
  return { id: answer.body.id, joinToken: answer.body.joinToken, addresses };
}

function join(joinToken: string, addresses: readonly string[], role = 'agent') {
  return api.send('post', JOIN_PATH, null).send({ format: 1, joinToken, role, addresses });
}

it('gives a credential for a token, once', async () => {
  const { id, joinToken, addresses } = await makeNode();
  const first = await join(joinToken, [...addresses, '10.0.0.1']).expect(200);
  expect(first.body).toMatchObject({ format: 1, nodeId: id, role: 'agent' });
  expect(new Set(first.body.addresses)).toEqual(new Set(addresses));
  expect(first.body.credential).toMatch(/^hwn_[\w-]{43}$/);
  const second = await join(joinToken, addresses);
  expect([second.status, second.body.code]).toEqual([401, 'join-token-refused']);
});

it.each([
  ['for another role', (addresses: string[]) => ({ addresses, role: 'director' })],
  [
    'on a host without one of its addresses',
    ([one]: string[]) => ({ addresses: [one ?? ''], role: 'agent' }),
  ],
  ['on another host', () => ({ addresses: HOST, role: 'agent' })],
  ['on a host without addresses', () => ({ addresses: [], role: 'agent' })],
])('refuses a token %s, and leaves it unused', async (_name, change) => {
  const { joinToken, addresses } = await makeNode();
  const wrong = change(addresses);
  const refused = await join(joinToken, wrong.addresses, wrong.role);
  expect([refused.status, refused.body.code]).toEqual([403, 'join-token-for-another-host']);
  await join(joinToken, addresses).expect(200);
});

it('refuses a token that has expired, and takes the one that is made in its place', async () => {
  const { id, joinToken, addresses } = await makeNode();
  await api.query(`UPDATE node SET join_token_expires_at = now() - interval '1 s' WHERE id = $1`, [id]);
  expect((await join(joinToken, addresses)).body.code).toBe('join-token-refused');
  const renewed = await api.post(`/v1/nodes/${id}/join-token`).expect(201);
  await join(renewed.body.joinToken, addresses).expect(200);
});

it('refuses the old token once another was made', async () => {
  const { id, joinToken, addresses } = await makeNode();
  await api.post(`/v1/nodes/${id}/join-token`).expect(201);
  expect((await join(joinToken, addresses)).status).toBe(401);
});

it('gives one credential, however many ask with one token at the same time', async () => {
  const { joinToken, addresses } = await makeNode();
  const answers = await Promise.all(Array.from({ length: 8 }, () => join(joinToken, addresses)));
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
    200,
    ...new Array<number>(7).fill(401),
  ]);
});

it('replaces the credential of a node that joins again', async () => {
  const { id, joinToken, addresses } = await makeNode();
  const old = (await join(joinToken, addresses)).body.credential as string;
  const renewed = await api.post(`/v1/nodes/${id}/join-token`);
  const put = (credential: string) => api.send('put', '/node/v1/report', credential).send({});
  expect((await put(old)).status, 'until the node has joined again').toBe(400);
  const fresh = (await join(renewed.body.joinToken, addresses)).body.credential as string;
  expect((await put(fresh)).status).toBe(400);
  // Each process hears of it by itself; until then the transaction of a report would refuse it.
  await untilSo(async () => (await put(old)).status === 401, 'a refusal of the old credential', 2_000);
});

it('refuses a credential that is gone, though this process knew it a moment ago and has heard nothing since', async () => {
  const agent = await TestNode.join(api, 'agent', 'web-gone', ['192.0.2.77']);
  await agent.report(agent.agentReport());
  await api.query(`UPDATE node SET credential_hash = '\\x00' WHERE id = $1`, [agent.id]);
  expect((await agent.put(agent.agentReport())).status).toBe(401);
  await expect(agent.follow()).rejects.toThrow('401');
});

it.each([
  ['an empty object', {}],
  ['another format', { format: 2, joinToken: 'hwj_x', role: 'agent', addresses: [] }],
  ['a role that there is not', { format: 1, joinToken: 'hwj_x', role: 'admin', addresses: [] }],
  ['a token that is no text', { format: 1, joinToken: { $ne: null }, role: 'agent', addresses: [] }],
  ['a token without an end', { format: 1, joinToken: 'x'.repeat(129), role: 'agent', addresses: [] }],
  ['addresses that are none', { format: 1, joinToken: 'hwj_x', role: 'agent', addresses: ['fe80::1%lo'] }],
  ['a field too many', { format: 1, joinToken: 'hwj_x', role: 'agent', addresses: [], nodeId: 'x' }],
])('refuses a request to join that is %s', async (_name, body) => {
  const answer = await api.send('post', JOIN_PATH, null).send(body);
  expect([answer.status, answer.body.code]).toEqual([400, 'request-malformed']);
});

it.each(['', 'hwj_', `hwj_${'A'.repeat(43)}`, "' OR 1=1 --"])('refuses %j as a token', async (joinToken) => {
  const answer = await join(joinToken, HOST);
  expect([answer.status, answer.body.code]).toEqual([401, 'join-token-refused']);
});

it('shows secrets once, and keeps none in clear', async () => {
  const made = await makeNode('director');
  const { credential } = (await join(made.joinToken, made.addresses, 'director')).body;
  const waiting = await makeNode();
  const secrets = [made.joinToken, String(credential), waiting.joinToken];
  for (const path of [
    '/v1/nodes',
    `/v1/nodes/${made.id}`,
    `/v1/nodes/${waiting.id}`,
    '/v1/revisions?limit=200',
  ]) {
    const { text } = await api.get(path).expect(200);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/hash|hw[jnt]_/i);
  }
  const dump = await everyRow();
  for (const secret of secrets) expect(dump).not.toContain(secret.slice(4));
  expect(dump, 'the dump is not blind').toContain(made.id);
});

it('stops serving a node that was forgotten', async () => {
  const node = await TestNode.join(api, 'director', 'gone', ['198.51.100.1']);
  await node.follow();
  await api.delete(`/v1/nodes/${node.id}`).expect(204);
  expect((await node.put(node.directorReport())).status).toBe(401);
  await expect(node.follow()).rejects.toThrow('401');
  expect((await api.delete(`/v1/nodes/${node.id}`)).status).toBe(404);
});

it('refuses a second node of a name or an address, and a node with the address of a VIP', async () => {
  const { addresses } = await makeNode();
  await api.createService({ address: '203.0.113.1' });
  const before = await api.contents();
  const conflicts = [
    [{ name: `node-${count}`, role: 'agent', addresses: ['198.51.100.7'] }, 'node-exists'],
    [{ name: 'another', role: 'director', addresses }, 'node-address-taken'],
    [{ name: 'another', role: 'director', addresses: ['203.0.113.1'] }, 'address-is-a-vip'],
  ] as const;
  for (const [body, code] of conflicts) {
    const answer = await api.post('/v1/nodes', body);
    expect([answer.status, answer.body.code]).toEqual([409, code]);
  }
  expect(await api.contents()).toEqual(before);
});

/** Everything that the database holds, as text. */
async function everyRow(): Promise<string> {
  const tables = await api.query<{ name: string }>(
    "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    texts.push(
      JSON.stringify(await api.query(`SELECT t::text, encode(t::text::bytea, 'escape') FROM ${name} t`)),
    );
  }
  return texts.join('\n');
}
