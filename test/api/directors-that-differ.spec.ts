/** Directors with the same documents send new flows to the same servers, and the API says when they do not. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

let api: ApiUnderTest;
let nodes: readonly [TestNode, TestNode];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  nodes = [
    await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']),
    await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']),
  ];
  for (const node of nodes) await node.follow();
});

afterAll(async () => {
  for (const node of nodes) node.leave();
  await api.close();
});

async function report(node: TestNode, tableDigest?: string): Promise<void> {
  const engine = { driver: 'nftables', version: '1.0.6', ...(tableDigest !== undefined && { tableDigest }) };
  await node.report(node.directorReport({ engine }));
}

async function agreements(): Promise<readonly unknown[]> {
  const { body } = await api.get('/v1/nodes?role=director').expect(200);
  const { items } = body as {
    items: { tableDigest: string | null; conditions: { type: string; status: string }[] }[];
  };
  return items.map(({ tableDigest, conditions }) => [
    tableDigest,
    conditions.find(({ type }) => type === 'TablesAgree')?.status,
  ]);
}

const A = 'a'.repeat(16);
const B = 'b'.repeat(16);

it('compares their tables, once both have told', async () => {
  await report(nodes[0], A);
  await report(nodes[1]);
  expect(await agreements()).toEqual([
    [A, undefined],
    [null, undefined],
  ]);
  await report(nodes[1], B);
  expect(await agreements()).toEqual([
    [A, 'False'],
    [B, 'False'],
  ]);
  const { body } = await api.get(`/v1/nodes/${nodes[0].id}`).expect(200);
  expect(JSON.stringify(body.conditions)).toContain('same servers as lb-2, with the same documents');
  await report(nodes[1], A);
  expect(await agreements()).toEqual([
    [A, 'True'],
    [A, 'True'],
  ]);
});

it.each(['', 'A'.repeat(16), 'a'.repeat(15), `${'a'.repeat(15)}'`])('takes no digest %j', async (text) => {
  const engine = { driver: 'nftables', version: '1.0.6', tableDigest: text };
  expect((await nodes[0].put(nodes[0].directorReport({ engine }))).status).toBe(400);
});
