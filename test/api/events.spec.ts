/** `/v1/events`: what operators change and what nodes bring about, in one order, as a page and as a stream. */
import type { Response } from 'supertest';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_MEMORY, recordEvents } from '../../src/api/events/record/record-events.js';
import { Transactions } from '../../src/api/store/transactions.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { EventReader, type HeardEvent } from '../support/event-reader.js';
import { drift, proved, TestNode } from '../support/test-node.js';

const HOST = '192.0.2.11';
const VIP = '192.0.2.200';
const EVENTS = '/v1/events';

let api: ApiUnderTest;
/** Where the reader hangs. */
let other: ApiUnderTest;
let reader: EventReader;
let director: TestNode;
let agent: TestNode;
let id: string;
let serverId: string;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  other = await api.another();
  reader = new EventReader();
  await reader.follow(other.base);
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await director.follow();
  await agent.follow();
  const body = {
    name: 'shop',
    address: VIP,
    tags: { env: 'prod' },
    drainSeconds: 0,
    realServers: [{ address: HOST }],
  };
  const made = await api.createService(body);
  id = made.id;
  serverId = made.realServers[0]?.id ?? '';
});

afterAll(async () => {
  for (const node of [director, agent]) node.leave();
  reader.leave();
  await other.close();
  await api.close();
});

function is(type: string, objectId: string, more: (data: HeardEvent['data']) => boolean = () => true) {
  return (events: readonly HeardEvent[]) =>
    events.some((event) => event.type === type && event.data.objectId === objectId && more(event.data));
}

function types(events: readonly HeardEvent[]): string[] {
  return events.map(({ type, data }) => (data.condition === null ? type : `${type} ${data.condition}`));
}

describe('a change of intent', () => {
  it('is an event for each object, with who asked, before and after', async () => {
    await reader.until(is('real-server.created', serverId), 'the new server');
    const [made] = reader.of(id);
    expect(made).toMatchObject({
      specversion: '1.0',
      type: 'virtual-service.created',
      subject: `/v1/virtual-services/${id}`,
      datacontenttype: 'application/json',
      data: {
        objectType: 'virtual-service',
        virtualServiceId: id,
        name: 'shop',
        tags: { env: 'prod' },
        actor: 'admin',
        before: null,
        after: { address: VIP },
      },
    });
    expect(reader.of(serverId)[0]).toMatchObject({
      subject: `/v1/virtual-services/${id}/real-servers/${serverId}`,
      data: { virtualServiceId: id, name: HOST, tags: { env: 'prod' }, after: { address: HOST } },
    });
    expect(types(reader.of(agent.id)).slice(0, 2)).toEqual(['node.created', 'node.joined']);
  });

  it('is told though it moves no document, most within a second', async () => {
    const times: number[] = [];
    for (const name of ['a', 'b', 'store']) {
      const began = performance.now();
      const path = `/v1/virtual-services/${id}`;
      await api.patch(path, { name }).set('X-Change-Ticket', `CHG-${name}`).expect(200);
      await reader.until(
        is('virtual-service.updated', id, ({ after }) => after?.['name'] === name),
        'the update',
      );
      times.push(performance.now() - began);
    }
    expect(times.filter((ms) => ms < 1_000).length, String(times)).toBeGreaterThan(1);
    const update = reader.of(id).findLast(({ data }) => data.revision !== null);
    expect(update?.data).toMatchObject({
      ticket: 'CHG-store',
      before: { name: 'b' },
      after: { name: 'store' },
    });
  });
});

describe('what nodes report', () => {
  it('is an event for each status and condition that has changed', async () => {
    await agent.confirm();
    await director.confirm();
    await reader.until(
      is(
        'real-server.condition-changed',
        serverId,
        ({ condition, after }) => condition === 'Admitted' && after?.['status'] === 'True',
      ),
      'the admission',
    );
    await director.confirm();
    await reader.until(
      is('virtual-service.status-changed', id, ({ after }) => after?.['operating'] === 'online'),
      'the service online',
    );
    const admitted = reader.of(serverId).find(({ data }) => data.condition === 'Admitted')?.data;
    expect(Object.keys(admitted?.after ?? {}).sort()).toEqual([
      'lastTransitionAt',
      'message',
      'observedRevision',
      'reason',
      'status',
    ]);
    expect(admitted?.before).toMatchObject({ status: 'False' });
  });

  it('tells each change once, and what stays is no event', async () => {
    const before = reader.events.length;
    const { body } = await api.get(`/v1/virtual-services/${id}`);
    await agent.confirm();
    await director.confirm();
    await api.patch(`/v1/virtual-services/${id}`, { description: 'x' }).expect(200);
    await reader.until(
      is('virtual-service.updated', id, ({ after }) => after?.['description'] === 'x'),
      'the update',
    );
    const news = reader.events.slice(before).filter(({ data }) => data.revision === null);
    expect(types(news).filter((type) => type.includes('condition-changed'))).toEqual([]);
    expect(body.status.operating).toBe('online');
  });

  it('never comes before the change that it follows from, though that is made in the midst of looking', async () => {
    await api.query('INSERT INTO due_status (virtual_service_id) VALUES ($1) ON CONFLICT DO NOTHING', [id]);
    let revision = 0;
    await api.part(Transactions).run(async (manager) => {
      const interrupted = Object.create(manager) as EntityManager;
      interrupted.query = async <T>(sql: string, parameters?: unknown[]): Promise<T> => {
        if (sql.includes('DELETE FROM due_status') && revision === 0) {
          const { body } = await api.patch(`/v1/virtual-services/${id}`, { name: 'meanwhile' }).expect(200);
          revision = Number(body.revision);
        }
        return manager.query<T>(sql, parameters);
      };
      await recordEvents(interrupted, NO_MEMORY, 0);
    });
    const isForward = ({ data }: HeardEvent) => Number(data.after?.['observedRevision']) >= revision;
    await reader.until((events) => events.some(isForward), 'the status that follows');
    const events = reader.of(id);
    const changed = events.findIndex(({ data }) => data.revision === revision);
    expect(changed).toBeGreaterThan(0);
    expect(events.findIndex(isForward)).toBeGreaterThan(changed);
  });

  it('tells a server that falls, with the words of who found it', async () => {
    await agent.report(
      agent.agentReport({ vips: [proved(VIP, { bound: false, reason: 'NotBound', message: 'Gone.' })] }),
    );
    await reader.until(
      is(
        'real-server.condition-changed',
        serverId,
        ({ condition, after }) => condition === 'VipBound' && after?.['status'] === 'False',
      ),
      'the VIP that is not bound',
    );
    const fell = reader.of(serverId).findLast(({ data }) => data.condition === 'VipBound');
    expect(fell?.data).toMatchObject({ before: { status: 'True' }, after: { reason: 'NotBound' } });
    await agent.confirm();
    await director.confirm();
  });

  it('tells nodes that come, drift and fall silent, and what follows for services', async () => {
    expect(types(reader.of(agent.id))).toContain('node.connected');
    await agent.report(agent.agentReport({ drift: { total: 3, latest: [drift()] } }));
    await reader.until(
      is('node.drifted', agent.id, ({ after }) => after?.['total'] === 3),
      'the drift',
    );
    await api.query("UPDATE node_status SET last_seen_at = now() - interval '1 minute' WHERE node_id = $1", [
      agent.id,
    ]);
    await reader.until(is('node.lost', agent.id), 'the node that is silent');
    await reader.until(
      is('real-server.condition-changed', serverId, ({ condition }) => condition === 'AgentReachable'),
      'what follows',
    );
    const condition = { type: 'Disk', status: 'False', reason: 'Full', message: 'It is full.' } as const;
    await agent.report(agent.agentReport({ conditions: [condition] }));
    await reader.until(
      is('node.condition-changed', agent.id, ({ condition: one }) => one === 'Disk'),
      'the condition',
    );
    expect(types(reader.of(agent.id)).filter((type) => type === 'node.connected')).toHaveLength(2);
  });
});

describe('a page', () => {
  it('has the same events, newest first, by filters on their members', async () => {
    await api.post('/v1/virtual-services', { address: '192.0.2.201', port: 80, protocol: 'tcp' }).expect(201);
    const all = await pages('?limit=7');
    expect(all.map((event) => event.id).toReversed()).toEqual(
      reader.events.slice(0, all.length).map((event) => event.id),
    );
    expect(JSON.stringify(all.toReversed())).toBe(JSON.stringify(reader.events.slice(0, all.length)));
    const of = async (query: string) =>
      types((await api.get(`${EVENTS}?${query}`).expect(200)).body.items as HeardEvent[]);
    expect(await of(`objectId=${serverId}&type=real-server.created`)).toEqual(['real-server.created']);
    expect(await of(`virtualServiceId=${id}&condition=VipBound&sort=position&limit=1`)).toEqual([
      'real-server.condition-changed VipBound',
    ]);
    expect(await of('ticket=CHG-store')).toEqual(['virtual-service.updated']);
    expect(await of('tag.env=test')).toEqual([]);
    expect((await of('tag.env=prod&limit=200')).length).toBeGreaterThan(5);
    const { body } = await api.get(`${EVENTS}?fields=id,type&limit=1&total=true`).expect(200);
    expect(Object.keys(body.items[0] as object)).toEqual(['id', 'type']);
    expect(body.total).toBeGreaterThan(10);
  });

  async function pages(query: string): Promise<HeardEvent[]> {
    // What was made before is to be there, or the page were of another moment.
    await reader.until(
      (events) =>
        events
          .filter(({ type }) => type === 'virtual-service.status-changed')
          .some(({ data }) => data.objectId !== id),
      'the other service',
    );
    const found: HeardEvent[] = [];
    for (let path: string | null = EVENTS + query; path !== null;) {
      const answer: Response = await api.get(path).expect(200);
      const { items, nextCursor } = answer.body as { items: HeardEvent[]; nextCursor: string | null };
      found.push(...items);
      path = nextCursor === null ? null : `${EVENTS}${query}&cursor=${nextCursor}`;
    }
    return found;
  }
});

it('a service that goes has its end as its last event', async () => {
  await api.insist(`/v1/virtual-services/${id}`);
  await reader.until(is('virtual-service.deleted', id), 'the deletion');
  await director.confirm();
  await agent.confirm();
  await api.patch(`/v1/virtual-services/${(await api.get('/v1/virtual-services')).body.items[0].id}`, {
    name: 'last',
  });
  await reader.until(
    (events) => events.some(({ data }) => data.after?.['name'] === 'last'),
    'what came after',
  );
  expect(reader.of(id).at(-1)?.type).toBe('virtual-service.deleted');
  expect(reader.of(serverId).at(-1)?.type).toBe('real-server.deleted');
  expect(await api.query('SELECT 1 FROM told_status WHERE virtual_service_id = $1', [id])).toEqual([]);
});
