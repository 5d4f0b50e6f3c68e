/** From a plan to what it planned: with its approval, and not where something has changed since; configurations and rollbacks among others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const HOST = '192.0.2.11';
const BULK = '/v1/virtual-services/bulk';
/** More than may go without a word. */
const MANY = 12;

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let services: Created[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await director.follow();
  await agent.follow();
  director.replying = () => ({ format: 1, refusal: { reason: 'NotInForce', message: 'It is not here.' } });
  const create = Array.from({ length: MANY }, (_, at) => service(at));
  const made = await api.post(BULK, { create }).expect(200);
  services = made.body.created as Created[];
  await agent.confirm();
  await director.confirm();
});
afterAll(async () => {
  for (const node of [director, agent]) node.leave();
  await api.close();
});

const service = (at: number) => {
  const realServers = [{ address: HOST }];
  return {
    address: `192.0.2.${200 + at}`,
    port: 80,
    protocol: 'tcp',
    healthCheck: { type: 'none' },
    realServers,
  };
};
const path = (at: number) => `/v1/virtual-services/${services[at]?.id}`;
const together = (...changes: object[]) => api.post('/v1/plans', { changes });
const remove = (at: number) => ({ method: 'DELETE', path: path(at) });

interface Plan {
  readonly digest: string;
  readonly allowed: boolean;
  readonly violations: readonly { readonly code: string; readonly field: string }[];
  readonly approval: {
    readonly approve: string;
    readonly given: boolean;
    readonly services: object[];
  } | null;
  readonly changes: readonly { readonly action: string; readonly objectType: string }[];
}

describe('writes that were planned together', () => {
  const ids = () => services.slice(1).map(({ id }) => ({ id }));
  const planned = async (): Promise<Plan> =>
    (await together(...services.slice(1).map((_, at) => remove(at + 1))).expect(200)).body as Plan;

  it('are carried out as one request with the approval of the plan, and not where something has changed since', async () => {
    const plan = await planned();
    expect(plan).toMatchObject({ allowed: false, approval: { given: false } });
    expect(plan.approval?.services).toHaveLength(MANY - 1);
    const approved = `${BULK}?approve=${plan.approval?.approve}`;
    // The same batch, planned as the one request that carries it out.
    const asOne = await api.post(`${approved}&dryRun=true`, { delete: ids() }).expect(200);
    expect(asOne.body).toMatchObject({ digest: plan.digest, allowed: true, approval: { given: true } });

    await api.post(approved, { delete: [...ids(), { id: services[0]?.id }] }).expect(409);
    await api.patch(path(3), { scheduler: 'source-hash' }).expect(200);
    const late = await api.post(approved, { delete: ids() }).expect(409);
    expect(late.body.code).toBe('approval-required');

    const anew = await planned();
    expect(anew.digest).not.toBe(plan.digest);
    expect(late.body.plan.approve).toBe(anew.approval?.approve);
    await api.patch(path(3), { description: 'no director is told of this' }).expect(200);
    const read = services.slice(1).map(({ id, revision }) => ({ id, revision }));
    const moved = await api.post(`${BULK}?approve=${anew.approval?.approve}`, { delete: read }).expect(412);
    expect(moved.body.errors).toMatchObject([{ code: 'precondition-failed', field: '/delete/2/revision' }]);
    await api.post(`${BULK}?approve=${anew.approval?.approve}`, { delete: ids() }).expect(200);
  });
});

describe('configurations and rollbacks among writes that are planned together', () => {
  const configuration = { virtualServices: [{ ...service(0), name: 'first' }, service(40)] };
  const apply = { method: 'PUT', path: '/v1/configuration', body: configuration };
  const rename = () => ({ method: 'PATCH', path: path(0), body: { description: 'afterwards' } });
  const make = { method: 'POST', path: '/v1/virtual-services', body: service(41) };
  const rollback = { method: 'POST', path: '/v1/revisions/0/rollback', body: {} };

  it('come first, and the others find what they would leave', async () => {
    const MADE = '/v1/virtual-services/00000000-0000-8000-8000-000000000001';
    const { body } = await together(apply, rename(), {
      method: 'PATCH',
      path: MADE,
      body: { name: 'second' },
    }).expect(200);
    expect((body as Plan).violations).toEqual([]);
    expect(body.changes).toMatchObject([
      { action: 'update', after: { name: 'first', description: 'afterwards' } },
      { action: 'create', objectType: 'virtual-service', after: { name: 'second' } },
      { action: 'create', objectType: 'real-server' },
    ]);
    const alone = await api.put('/v1/configuration?dryRun=true', configuration).expect(200);
    expect((await together(apply).expect(200)).body).toEqual(alone.body);
    const gone = await together(rollback, { method: 'PATCH', path: path(0), body: {} }).expect(200);
    expect((gone.body as Plan).violations).toMatchObject([{ code: 'not-found', field: '/changes/1' }]);
  });

  it('have their broken rules by their places', async () => {
    const broken = { virtualServices: [{ ...service(0), realServers: [{ address: HOST, port: 7 }] }] };
    const { body } = await together({ ...apply, body: broken }, make).expect(200);
    expect((body as Plan).violations).toMatchObject([
      { code: 'direct-return-keeps-the-port', field: '/changes/0/body/virtualServices/0/realServers/0/port' },
    ]);
  });

  it('are refused behind a write that would change something: they would not look at it', async () => {
    for (const late of [apply, rollback]) {
      const { body } = await together(rename(), late).expect(400);
      expect(body.errors).toMatchObject([{ code: 'not-plannable', field: '/changes/1' }]);
      expect(body.errors[0].hint).toContain('first');
      await together({ method: 'PATCH', path: path(0), body: {} }, late).expect(200);
    }
  });
});
