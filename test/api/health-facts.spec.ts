/** What directors find out by asking servers on the VIP: how it is kept, and how it shows. It moves no document. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pruneHealthFacts } from '../../src/api/delivery/prune-health-facts.js';
import type { HealthFact } from '../../src/contract/report.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const HOSTS = ['192.0.2.11', '192.0.2.12', '192.0.2.13'];
const SINCE = '2026-01-02T03:04:05.678Z';

let api: ApiUnderTest;
let directors: TestNode[];
let agents: TestNode[];
let first: TestNode;
let second: TestNode;
let path: string;
let numbers: number[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const join = (role: 'director' | 'agent', name: string, address: string) =>
    TestNode.join(api, role, name, [address]);
  [first, second] = [
    await join('director', 'lb-1', '192.0.2.2'),
    await join('director', 'lb-2', '192.0.2.3'),
  ];
  directors = [first, second];
  agents = await Promise.all(HOSTS.map((address) => join('agent', `web-${address}`, address)));
  for (const node of [...directors, ...agents]) await node.follow();
  const made = await api.createService({
    address: '192.0.2.200',
    healthCheck: { type: 'http', path: '/up' },
    realServers: HOSTS.map((address, index) => ({ address, backup: index === 2 })),
  });
  path = `/v1/virtual-services/${made.id}`;
  for (const agent of agents) await agent.confirm();
  for (const director of directors) await director.caughtUp();
  numbers = first.service(made.id)?.servers.map(({ number }) => number) ?? [];
});

afterAll(async () => {
  for (const node of [...directors, ...agents]) node.leave();
  await api.close();
});

const fact = (index: number, changes: Partial<HealthFact> = {}): HealthFact => ({
  number: numbers[index] ?? 0,
  healthy: true,
  reason: 'Answered',
  message: 'It answers on the VIP.',
  since: SINCE,
  ...changes,
});
const fell = { healthy: false, reason: 'UnexpectedStatus', message: 'It answered with status 503, not 200.' };
const idle = { reason: 'StandingBy', message: 'It is healthy, and not needed.' };

const all = () => [fact(0), fact(1), fact(2, idle)];
const tells = (director: TestNode, health: readonly HealthFact[], complete = false) =>
  director.report(director.directorReport({ complete, health }));

interface Told {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionAt: string | null;
}
interface Shown {
  readonly status: { readonly operating: string; readonly conditions: readonly Told[] };
}
const shown = async (): Promise<Shown & { readonly realServers: readonly Shown[] }> =>
  (await api.get(path).expect(200)).body;
const condition = ({ status }: Shown, type: string) => status.conditions.find((each) => each.type === type);
async function health(index: number): Promise<Told | undefined> {
  const server = (await shown()).realServers[index];
  return server === undefined ? undefined : condition(server, 'HealthViaVip');
}

beforeEach(async () => {
  for (const director of directors) await tells(director, all(), true);
});

describe('the status', () => {
  it('is online where all answer, and a backup stands by', async () => {
    const { status, realServers } = await shown();
    expect([status, ...realServers.map((each) => each.status)].map(({ operating }) => operating)).toEqual(
      Array(4).fill('online'),
    );
    const said = { status: 'True', reason: 'Answered', message: 'lb-1, lb-2: It answers on the VIP.' };
    expect(await health(0)).toMatchObject({ ...said, lastTransitionAt: SINCE });
    expect(await health(2)).toMatchObject({ status: 'True', reason: 'StandingBy' });
  });

  it('says which server was taken out, why and since when, and by whom where directors differ', async () => {
    await tells(first, [fact(0, fell)]);
    expect(await health(0)).toMatchObject({ status: 'False', reason: 'DirectorsDiffer' });
    expect((await shown()).realServers[0]?.status.operating).toBe('degraded');

    await tells(second, [fact(0, fell)]);
    const said = { status: 'False', reason: 'UnexpectedStatus', lastTransitionAt: SINCE };
    expect(await health(0)).toMatchObject({ ...said, message: `lb-1, lb-2: ${fell.message}` });
    const { status, realServers } = await shown();
    expect(realServers.map((each) => each.status.operating)).toEqual(['offline', 'online', 'online']);
    expect(status.operating).toBe('degraded');
  });

  it('says when the service runs on backups, in panic, or not at all', async () => {
    const everybody = async (...health: HealthFact[]) => {
      for (const director of directors) await tells(director, health);
      const whole = await shown();
      return [whole.status.operating, condition(whole, 'Forwarding')?.reason];
    };
    expect(await everybody(fact(0, fell), fact(1, fell), fact(2))).toEqual(['degraded', 'OnBackups']);
    expect(await everybody(fact(2, fell))).toEqual(['offline', 'NoneServing']);
    const kept = { ...fell, reason: 'KeptByPanicGuard' };
    expect(await everybody(fact(0, kept), fact(1, kept))).toEqual(['degraded', 'KeptByPanicGuard']);
    expect(await health(0)).toMatchObject({ status: 'False', reason: 'KeptByPanicGuard' });
  });

  it('goes by the directors that are there, and shows the last that is known where none is', async () => {
    const silence = (...ids: string[]) =>
      api.query(`UPDATE node_status SET last_seen_at = now() - interval '1 hour' WHERE node_id = ANY ($1)`, [
        ids,
      ]);
    await tells(first, [fact(0, fell)]);
    await silence(first.id);
    expect(await health(0)).toMatchObject({ status: 'True', reason: 'Answered' });
    await silence(second.id);
    expect(await health(1)).toMatchObject({ status: 'Unknown', reason: 'Stale' });
  });
});

const stored = () =>
  api.query<{ number: number; healthy: boolean | null }>(
    'SELECT server_number AS number, healthy FROM health_fact WHERE node_id = $1 ORDER BY 1',
    [first.id],
  );

describe('a report', () => {
  it('changes what it names, and forgets the others only where it is complete', async () => {
    await tells(first, [fact(1, fell)]);
    expect((await stored()).map(({ healthy }) => healthy)).toEqual([true, false, true]);
    await tells(first, [fact(1)], true);
    expect(await stored()).toEqual([{ number: numbers[1], healthy: true }]);
    expect(await api.query('SELECT 1 FROM health_fact'), "another director's stay").toHaveLength(4);
  });

  it('is asked for as a whole where the control plane lacks what it builds on', async () => {
    const delta = () => first.put(first.directorReport({ complete: false, health: [] }));
    expect((await delta()).body).toMatchObject({ complete: false });
    await api.query('UPDATE node_status SET version = NULL WHERE node_id = $1', [first.id]);
    expect((await delta()).body).toMatchObject({ complete: true });
  });

  it('is counted for Prometheus, by director', async () => {
    await tells(first, [fact(0, fell), fact(1, { healthy: null, reason: 'NotCheckedYet' })]);
    const { text } = await api.get('/metrics').expect(200);
    const counted = [...text.matchAll(/^homeward_director_checked_servers\{(.*)\} (\d+)$/gm)];
    expect(counted.map(([, labels, count]) => `${labels} ${count}`)).toEqual([
      'name="lb-1",health="healthy" 1',
      'name="lb-1",health="unhealthy" 1',
      'name="lb-1",health="unknown" 1',
      'name="lb-2",health="healthy" 3',
      'name="lb-2",health="unhealthy" 0',
      'name="lb-2",health="unknown" 0',
    ]);
  });

  it('moves no document, and does not take the order of commits', async () => {
    const before = await api.query('SELECT version FROM cluster');
    await tells(first, [fact(0, fell)]);
    expect(await api.query('SELECT version FROM cluster')).toEqual(before);
  });

  it('of a server that is not there is left out, and that of a clock set wrong shows no time to come', async () => {
    await tells(first, [fact(0, { number: 2 ** 31 - 1 }), fact(1, { since: '+275760-09-13T00:00:00.000Z' })]);
    await tells(second, [fact(1, { since: '-271821-04-20T00:00:00.000Z' })]);
    expect((await stored()).map(({ number }) => number)).toEqual(numbers);
    const rows = await api.query<{ year: number }>(
      'SELECT extract(year FROM since)::int AS year FROM health_fact WHERE server_number = $1 ORDER BY 1',
      [numbers[1]],
    );
    expect(rows[0]?.year).toBe(1970);
    expect(rows[1]?.year).toBeLessThanOrEqual(new Date().getFullYear());
  });
});

describe('what was found out', () => {
  it('goes with its server, and with its director', async () => {
    await api.query('INSERT INTO health_fact VALUES (2000000000, $1, true, $2, $2, now())', [
      first.id,
      'Gone',
    ]);
    await pruneHealthFacts(api.dataSource);
    expect((await stored()).map(({ number }) => number)).toEqual(numbers);
    await api.delete(`/v1/nodes/${first.id}`).expect(204);
    expect(await stored()).toEqual([]);
    expect(await health(0)).toMatchObject({ message: 'lb-2: It answers on the VIP.' });
  });
});
