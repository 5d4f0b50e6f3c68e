/**
 * A drain whose server has no flow left ends before its time: the API asks a real engine, which counts the flows of real
 * connections in the kernel. The control is a connection that stays.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EndIdleDrains } from '../../src/api/delivery/end-idle-drains.js';
import { FLOW_TIMEOUTS } from '../../src/forwarding/flow-timeouts.js';
import type { ApiUnderTest } from '../support/api-under-test.js';
import { VIP4 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { RealControlPlane } from '../support/real-control-plane.js';
import type { Connection } from '../support/traffic.js';

const HOSTS = ['192.0.2.11', '192.0.2.12'];
const DRAIN_SECONDS = 300;
/** Each pass asks the directors; two of them that find nothing end a drain. */
const PASSES = 4;
/** What closes is a flow no more after a second, in place of half a minute. */
const QUICKLY_FORGOTTEN = { ...FLOW_TIMEOUTS, pending: 1, claimed: 1 };
const PATIENCE = { timeout: 20_000, interval: 50 };

let plane: RealControlPlane;
let api: ApiUnderTest;
let net: DirectorNetwork;
let path: string;
let draining: string;

beforeAll(async () => {
  plane = await RealControlPlane.start();
  ({ api } = plane);
  net = await DirectorNetwork.create(`hw${process.pid}-idl`);
  await net.serve('tcp', VIP4, 80);
  net.engine = net.newEngine({ silenceIntervalMs: 100, voice: true, timeouts: QUICKLY_FORGOTTEN });
  await plane.joinDirector(net);
  plane.startEngine(net);
  const realServers = HOSTS.map((address) => ({ address, managed: false }));
  const made = await api.createService({ address: VIP4, drainSeconds: DRAIN_SECONDS, realServers });
  path = `/v1/virtual-services/${made.id}/real-servers`;
  for (const { id } of made.realServers) await api.send('put', `${path}/${id}/attestation`).expect(200);
  draining = `${path}/${made.realServers[0]?.id}`;
  await vi.waitFor(async () => expect(await visited(8)).toEqual(['one', 'two']), PATIENCE);
});

afterAll(async () => {
  await plane.stopEngine();
  await net.close();
  await plane.close();
});

/** Names of the servers of so many new connections. */
async function visited(times: number): Promise<readonly string[]> {
  const visits = Array.from({ length: times }, () => net.client.visit({ address: VIP4, port: 80 }));
  const names = await Promise.all(visits.map((visit) => visit.catch(() => 'nobody')));
  return [...new Set(names)].sort();
}

async function openTo(name: string): Promise<Connection> {
  for (;;) {
    const open = await net.client.connect({ address: VIP4, port: 80 });
    await open.say('hello');
    if (open.server === name) return open;
    await open.close();
  }
}

interface Condition {
  readonly reason: string;
  readonly message: string;
}

/** What the draining server's status says of its flows, after the directors were asked. */
async function flowsShown(): Promise<string | undefined> {
  await pass();
  const { body } = await api.get(draining).expect(200);
  const conditions: readonly Condition[] = body.status.conditions;
  const found = conditions.find(({ reason }) => reason === 'Draining');
  return found === undefined ? undefined : /Flows left: (\d+)/.exec(found.message)?.[1];
}

/** Until its time is up. */
async function secondsLeft(): Promise<number> {
  const [row] = await api.query<{ seconds: number }>(
    'SELECT extract(epoch FROM until - now())::int AS seconds FROM drain',
  );
  return row?.seconds ?? 0;
}

const pass = () => api.part(EndIdleDrains).pass();

describe('a drain of 300 s', () => {
  let open: readonly [Connection, Connection];

  it('goes on as long as a connection stays, and shows how many there are', async () => {
    open = [await openTo('one'), await openTo('one')];
    await api.insist(draining, { enabled: false });
    await expect.poll(() => visited(8), PATIENCE).toEqual(['two']);
    await expect.poll(flowsShown, PATIENCE).toBe('2');
    await open[0].close();
    await expect.poll(flowsShown, PATIENCE).toBe('1');
    for (let turn = 0; turn < PASSES; turn++) await pass();
    expect(await flowsShown()).toBe('1');
    expect(await secondsLeft()).toBeGreaterThan(DRAIN_SECONDS - 100);
    expect(await open[1].say('still')).toBe('one still');
  });

  it('ends within seconds of the close of the last one', async () => {
    await open[1].close();
    await expect.poll(async () => (await pass(), secondsLeft()), PATIENCE).toBeLessThanOrEqual(0);
    await expect.poll(() => api.query('SELECT 1 FROM drain'), PATIENCE).toEqual([]);
    const { body } = await api.get(draining).expect(200);
    expect(JSON.stringify(body.status)).not.toContain('Draining');
  });
});
