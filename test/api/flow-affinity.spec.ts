/** A service whose flows nobody remembers: what is said and kept of it, and what directors are told. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NFTABLES_CAPABILITIES } from '../../src/contract/capabilities.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const HOST = '192.0.2.11';
let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  for (const node of [director, agent]) await node.follow();
});

afterAll(async () => {
  for (const node of [director, agent]) node.leave();
  await api.close();
});

const dns = { address: '192.0.2.200', port: 53, protocol: 'udp', realServers: [{ address: HOST }] };

it('is told to the directors as stateless, until it is so no more', async () => {
  const made = await api.createService({ ...dns, flowAffinity: false });
  const path = `/v1/virtual-services/${made.id}`;
  await agent.confirm();
  await director.caughtUp();
  expect((await api.get(path)).body.flowAffinity).toBe(false);
  expect(director.service(made.id)).toMatchObject({ flowAffinity: false, servers: [{ address: HOST }] });

  expect((await api.patch(path, { flowAffinity: null }).expect(200)).body.flowAffinity).toBe(true);
  await director.caughtUp();
  expect(director.service(made.id)).not.toHaveProperty('flowAffinity');

  const { body } = await api.patch(path, { flowAffinity: false }).expect(200);
  await director.caughtUp();
  expect(director.service(made.id)).toMatchObject({ flowAffinity: false });
  const { changes } = (await api.get(`/v1/revisions/${body.revision}`)).body;
  expect(changes).toMatchObject([{ before: { flowAffinity: true }, after: { flowAffinity: false } }]);

  const turns = await api.patch(path, { scheduler: 'round-robin' });
  expect([turns.status, turns.body.errors]).toMatchObject([
    422,
    [{ code: 'flow-affinity-required', field: '/flowAffinity' }],
  ]);
  await api.patch(path, { scheduler: 'round-robin', flowAffinity: true }).expect(200);
});

it('is refused where the only director is older than such services, and one that there is stays editable', async () => {
  const able = () => api.get('/v1/capabilities').then(({ body }) => body.statelessServices as unknown);
  const { id } = await api.createService({ ...dns, port: 123, flowAffinity: false });
  await director.report(director.directorReport());
  expect(await able()).toBe(true);
  const { statelessServices: _, ...older } = NFTABLES_CAPABILITIES;
  await director.report(director.directorReport({ capabilities: older }));
  expect(await able()).toBe(false);
  const refused = await api.post('/v1/virtual-services', { ...dns, port: 124, flowAffinity: false });
  expect([refused.status, refused.body.code]).toEqual([422, 'not-enforceable']);
  const { body } = await api.patch(`/v1/virtual-services/${id}`, { name: 'ntp' }).expect(200);
  expect(body).toMatchObject({ name: 'ntp', flowAffinity: false });
});
