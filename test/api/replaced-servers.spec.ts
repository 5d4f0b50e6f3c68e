/** PUT of all real servers of a service: who stays, who comes and who goes, as one revision. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest, type Created } from '../support/api-under-test.js';
import { proved, TestNode } from '../support/test-node.js';

const SERVICES = '/v1/virtual-services';

let api: ApiUnderTest;
let last = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

async function serviceOf(...hosts: number[]): Promise<[path: string, made: Created]> {
  const realServers = hosts.map((host) => ({ address: `192.0.2.${host}`, weight: host }));
  const made = await api.createService({ address: `198.51.100.${++last}`, realServers });
  return [`${SERVICES}/${made.id}/real-servers`, made];
}

interface Shown {
  readonly id: string;
  readonly address: string;
  readonly weight: number;
}

function shown({ items }: { items: Shown[] }): unknown[] {
  return items.map(({ address, weight }) => [address, weight]);
}

describe('PUT of real servers', () => {
  it('makes of the set what it says: one revision, with those entries alone that differ', async () => {
    const [path, made] = await serviceOf(11, 12, 13);
    const answer = await api
      .put(path, {
        realServers: [
          { address: '192.0.2.14' },
          { address: '192.0.2.13', weight: 13 },
          { address: '192.0.2.12' },
        ],
      })
      .expect(200);
    expect(shown(answer.body)).toEqual([
      ['192.0.2.12', 1000],
      ['192.0.2.13', 13],
      ['192.0.2.14', 1000],
    ]);
    expect(answer.body.revision).toBe(made.revision + 1);
    expect(answer.headers['etag']).toMatch(new RegExp(`^"${made.revision + 1}-`));
    expect((await api.get(path)).body.items).toEqual(answer.body.items);
    const ids = made.realServers.map(({ id }) => id);
    expect(answer.body.items.map(({ id }: Shown) => id).slice(0, 2)).toEqual(ids.slice(1));
    const { body } = await api.get(`/v1/revisions/${answer.body.revision}`).expect(200);
    const changes = body.changes.map(({ action, objectId }: Record<string, string>) => [action, objectId]);
    expect(changes.sort()).toEqual([
      ['create', answer.body.items[2].id],
      ['delete', ids[0]],
      ['update', ids[1]],
    ]);
  });

  it('of the set as it is, in whatever order, changes nothing', async () => {
    const [path, made] = await serviceOf(11, 12);
    const before = await api.contents();
    const same = [
      { address: '192.0.2.12', weight: 12 },
      { address: '192.0.2.11', weight: 11 },
    ];
    expect((await api.put(path, { realServers: same }).expect(200)).body.revision).toBe(made.revision);
    expect(await api.contents()).toEqual(before);
  });

  it('with additiveOnly leaves those that it does not name', async () => {
    const [path] = await serviceOf(11, 12);
    const some = { realServers: [{ address: '192.0.2.13' }, { address: '192.0.2.11', weight: 1 }] };
    expect(shown((await api.put(`${path}?additiveOnly=true`, some).expect(200)).body)).toEqual([
      ['192.0.2.11', 1],
      ['192.0.2.12', 12],
      ['192.0.2.13', 1000],
    ]);
    const none = await api.put(`${path}?additiveOnly=true`, { realServers: [] }).expect(200);
    expect(none.body.items).toHaveLength(3);
    expect((await api.put(path, { realServers: [] }).expect(200)).body.items).toEqual([]);
  });

  it('names each broken rule by the place in the list that was sent', async () => {
    const [path] = await serviceOf(11, 12);
    const before = await api.contents();
    const broken = await api.put(path, {
      realServers: [
        { address: '192.0.2.13', port: 8080 },
        { address: '192.0.2.11' },
        { address: '192.0.2.11' },
      ],
    });
    expect(broken.status).toBe(422);
    expect(broken.body.errors.map(({ code, field }: Record<string, string>) => [code, field])).toEqual([
      ['direct-return-keeps-the-port', '/realServers/0/port'],
      ['real-server-exists', '/realServers/2/address'],
    ]);
    const malformed = await api.put(path, { realServers: [{ address: '192.0.2.11' }, { address: 'x' }] });
    expect([malformed.status, malformed.body.errors[0].field]).toEqual([400, '/realServers/1/address']);
    expect((await api.put(path, {})).body.errors[0]).toMatchObject({ code: 'field-required' });
    expect(await api.contents()).toEqual(before);
  });

  it('goes by If-Match, and asks before it takes the last servers that get packets', async () => {
    const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
    const agent = await TestNode.join(api, 'agent', 'web-1', ['192.0.2.11']);
    await director.follow();
    await agent.follow();
    const [path, made] = await serviceOf(11);
    await agent.report(agent.agentReport({ vips: [proved(`198.51.100.${last}`)] }));
    await director.confirm();
    expect(director.weights(made.id)).toEqual({ '192.0.2.11': 11 });
    const empty = { realServers: [] };
    expect((await api.put(path, empty).set('If-Match', `"${made.revision - 1}"`)).status).toBe(412);
    const asked = await api.put(path, empty);
    expect([asked.status, asked.body.code]).toEqual([409, 'approval-required']);
    await api.put(`${path}?approve=${asked.body.plan.approve}`, empty).expect(200);
    director.leave();
    agent.leave();
  });
});
