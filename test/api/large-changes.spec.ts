/** What needs a word of its own before directors lose it, how it is given, and how directors hear of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { losingLastHealthy } from '../../src/api/changes/losing-last-healthy.js';
import type { Compared } from '../../src/api/delivery/publish/write-documents.js';
import { loadVirtualServices } from '../../src/api/store/load-virtual-services.js';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';
import { proved, TestNode } from '../support/test-node.js';

const HOSTS = ['192.0.2.11', '192.0.2.12'] as const;
const NOBODY_APPROVED = 'f'.repeat(64);

let api: ApiUnderTest;
let director: TestNode;
let agents: TestNode[];
let last = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agents = await Promise.all(HOSTS.map((host, at) => TestNode.join(api, 'agent', `web-${at}`, [host])));
  for (const node of [director, ...agents]) await node.follow();
});
afterAll(async () => {
  for (const node of [director, ...agents]) node.leave();
  await api.close();
});

/** Services of both hosts, in force. */
async function inForce(count: number, hosts: readonly string[] = HOSTS, drainSeconds = 0, more: object = {}) {
  const made = [];
  for (let each = 0; each < count; each++) {
    const address = `198.51.100.${++last}`;
    made.push(
      await api.createService({
        address,
        drainSeconds,
        ...more,
        realServers: hosts.map((host) => ({ address: host })),
      }),
    );
  }
  for (const agent of agents) await agent.confirm();
  await director.caughtUp();
  for (const { id } of made) expect(Object.keys(director.weights(id))).toEqual(hosts);
  return made;
}

const pathOf = (service: Created, server: number) =>
  `/v1/virtual-services/${service.id}/real-servers/${service.realServers[server]?.id ?? ''}`;

async function told(id: string) {
  await director.caughtUp();
  return director.held.get(id);
}

const ways = [
  ['removing', (path: string, query = '') => api.delete(path + query)],
  ['disabling', (path: string, query = '') => api.patch(path + query, { enabled: false })],
  ['giving no weight to', (path: string, query = '') => api.patch(path + query, { weight: 0 })],
] as const;

describe('the last servers of a service that goes on', () => {
  it.each(ways)('are not lost by %s one before that very difference was approved', async (_, ask) => {
    const [service] = await inForce(1);
    if (service === undefined) throw new Error('no service');
    expect((await ask(pathOf(service, 0))).status).toBeLessThan(300);
    const { status, body } = await ask(pathOf(service, 1));
    expect([status, body.code]).toEqual([409, 'approval-required']);
    expect(body.plan).toMatchObject({
      services: [{ id: service.id, becomes: 'empty' }],
      removedLately: null,
    });
    expect(body.errors[0].hint).toContain(`?approve=${body.plan.approve}`);
    expect(Object.keys(director.weights(service.id))).toContain(HOSTS[1]);
    expect((await ask(pathOf(service, 1), `?approve=${NOBODY_APPROVED}`)).status).toBe(409);
    expect((await ask(pathOf(service, 1), `?approve=${body.plan.approve}`)).status).toBeLessThan(300);
    const document = await told(service.id);
    expect(document?.body?.kind === 'service' && document.body.servers.some(({ weight }) => weight > 0)).toBe(
      false,
    );
    expect(document?.approval).toBe(document?.revision);
  });

  it('drain with the approval, which is there when the drain is over', async () => {
    const [service] = await inForce(1, [HOSTS[0]], 1);
    if (service === undefined) throw new Error('no service');
    const { body } = await api.delete(pathOf(service, 0));
    await api.delete(`${pathOf(service, 0)}?approve=${body.plan.approve}`).expect(204);
    const draining = await told(service.id);
    expect(draining).toMatchObject({ body: { servers: [{ weight: 0 }] }, approval: draining?.revision });
    await director.until(() => director.service(service.id) === null, 'the end of the drain');
    expect(director.held.get(service.id)).toMatchObject({ body: null, approval: draining?.revision });
  });

  it('may go without a word where packets never went to them', async () => {
    const service = await api.createService({
      address: '203.0.113.1',
      realServers: [{ address: '203.0.113.9' }],
    });
    await api.delete(pathOf(service, 0)).expect(204);
  });

  it('carry no approval where no operator took them, and get it by a later change that would', async () => {
    const [service] = await inForce(1, [HOSTS[0]]);
    if (service === undefined) throw new Error('no service');
    const vips = [proved(`198.51.100.${last}`, { bound: false })];
    await agents[0]?.report(agents[0].agentReport({ complete: false, vips }));
    const lost = await told(service.id);
    expect(lost).toMatchObject({ body: null });
    expect(lost).not.toHaveProperty('approval');
    await api.delete(`/v1/virtual-services/${service.id}`).expect(204);
    const gone = await told(service.id);
    expect(gone).toMatchObject({ body: null, approval: gone?.revision });
  });
});

describe('the last servers that a director finds healthy', () => {
  const found = (service: Created, ...healthy: readonly boolean[]) => {
    const { servers = [] } = director.service(service.id) ?? {};
    const since = new Date().toISOString();
    const said = { reason: 'Probed', message: 'As it was found.', since };
    const health = servers.map(({ number }, at) => ({ number, healthy: healthy[at] ?? null, ...said }));
    return director.report(director.directorReport({ complete: false, health }));
  };
  const checked = async () => {
    const [service] = await inForce(1, HOSTS, 0, { healthCheck: { type: 'tcp' } });
    if (service === undefined) throw new Error('no service');
    return service;
  };

  /** The document in which nothing is left for the first server. */
  const withoutTheFirst = ({ id }: Created): Compared => {
    const body = director.service(id);
    if (body === null) throw new Error('no document');
    const servers = body.servers.map((server, at) => (at === 0 ? { ...server, weight: 0 } : server));
    const digests = { digest: 'new', digestBefore: 'old', goneUnapproved: false };
    return { scope: 'directors', key: id, body: { ...body, servers }, ...digests };
  };

  it.each(ways)(
    'are not lost by %s one before that was approved, and directors hear of it',
    async (_, ask) => {
      const service = await checked();
      await found(service, true, false);
      const { status, body } = await ask(pathOf(service, 0));
      expect([status, body.code]).toEqual([409, 'approval-required']);
      expect(body.plan).toMatchObject({ services: [{ id: service.id, becomes: 'unhealthy' }] });
      expect(body.detail).toContain('finds healthy');
      expect((await ask(pathOf(service, 0), `?approve=${body.plan.approve}`)).status).toBeLessThan(300);
      const document = await told(service.id);
      expect(director.weights(service.id)).toMatchObject({ [HOSTS[1]]: 1000 });
      expect(document?.approval).toBe(document?.revision);
      // The word was of that change alone.
      await api.patch(`/v1/virtual-services/${service.id}`, { scheduler: 'source-hash' }).expect(200);
      expect(await told(service.id)).not.toHaveProperty('approval');
    },
  );

  it('need no word where another one is healthy, or nobody knows, or who says so is away', async () => {
    for (const others of [[true, true], [true], [false, false], [false, true]] as const) {
      const service = await checked();
      await found(service, ...others);
      expect((await api.delete(pathOf(service, 0))).status).toBe(204);
      expect(await told(service.id)).not.toHaveProperty('approval');
    }
    const service = await checked();
    await found(service, true, false);
    await api.query("UPDATE node_status SET last_seen_at = now() - interval '1 hour'");
    await api.delete(pathOf(service, 0)).expect(204);
  });

  it('of many services are asked for in one statement', async () => {
    const services = [await checked(), await checked(), await checked()];
    for (const [index, service] of services.entries()) await found(service, true, index === 1);
    const runner = api.dataSource.createQueryRunner();
    const { manager } = runner;
    const before = await loadVirtualServices(
      manager,
      services.map(({ id }) => id),
    );
    const asked = vi.spyOn(manager, 'query');
    const changes = before.map((service) => ({
      before: service,
      after: service,
      revision: service.revision,
    }));
    const losing = await losingLastHealthy(manager, changes, services.map(withoutTheFirst));
    expect(losing.map(({ key }) => key)).toEqual([services[0]?.id, services[2]?.id]);
    expect(asked).toHaveBeenCalledTimes(1);
    await runner.release();
  });
});

describe('services that are deleted, disabled or moved', () => {
  beforeEach(() => api.query("UPDATE document_scope SET removal_window = NULL WHERE scope = 'directors'"));

  it('one by one, are the plain wish of the change up to ten or a quarter in ten minutes, and no more', async () => {
    await api.query('UPDATE document_scope SET bodies = 0, arrivals = 0'); // as if nothing else were there
    await api.query(`UPDATE document_scope s SET bodies = (
      SELECT count(*) FROM document d WHERE d.scope = s.scope AND d.body IS NOT NULL)`);
    const services = await inForce(13);
    const remove = (at: number, query = '') =>
      api.delete(`/v1/virtual-services/${services[at]?.id ?? ''}${query}`);
    await api.patch(`/v1/virtual-services/${services[0]?.id ?? ''}`, { enabled: false }).expect(200);
    for (let at = 1; at < 10; at++) await remove(at).expect(204);
    const { body } = await remove(10).expect(409);
    expect(body).toMatchObject({ code: 'approval-required', plan: { removedLately: 10 } });
    expect(body.plan.services).toMatchObject([{ id: services[10]?.id, becomes: 'removed' }]);
    await remove(11, `?approve=${body.plan.approve}`).expect(409);
    await remove(10, `?approve=${body.plan.approve}`).expect(204);
    const document = await told(services[10]?.id ?? '');
    expect(document).toMatchObject({ body: null, approval: document?.revision });
    // What was approved is done with: the count begins anew.
    await remove(11).expect(204);
  });
});
