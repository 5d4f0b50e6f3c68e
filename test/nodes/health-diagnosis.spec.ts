/**
 * Health through the VIP from end to end: the API is told of a check, a real engine asks on the real kernel, and status
 * and diagnosis say what it found. Each cause is made, named first, and unmade again.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiUnderTest } from '../support/api-under-test.js';
import { CheckedServer, type CheckedPort } from '../support/checked-server.js';
import { VIP4 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { RealControlPlane } from '../support/real-control-plane.js';
import { TestNode } from '../support/test-node.js';

const HOSTS = ['192.0.2.11', '192.0.2.12'];
/** The shortest that the API takes, and one outcome is enough to turn. */
const CHECK = { type: 'http', port: 8080, intervalSeconds: 2, timeoutSeconds: 1, rise: 1, fall: 1 };
const PAGE: CheckedPort = { type: 'http', port: 8080 };
const PATIENCE = { timeout: 20_000, interval: 50 };

let plane: RealControlPlane;
let api: ApiUnderTest;
let net: DirectorNetwork;
let pages: readonly [CheckedServer, CheckedServer];
let path: string;

beforeAll(async () => {
  plane = await RealControlPlane.start();
  ({ api } = plane);
  net = await DirectorNetwork.create(`hw${process.pid}-hdi`);
  await net.serve('tcp', VIP4, 80);
  pages = [new CheckedServer(net.servers[0]), new CheckedServer(net.servers[1])];
  await Promise.all(pages.map((each) => each.start([PAGE])));
  net.engine = net.newEngine({ silenceIntervalMs: 100, voice: true });
  await plane.joinDirector(net);
  plane.startEngine(net);
  const realServers = HOSTS.map((address) => ({ address, managed: false }));
  const { id } = await api.createService({ address: VIP4, healthCheck: CHECK, realServers });
  path = `/v1/virtual-services/${id}`;
  for (const server of await servers()) {
    await api.send('put', `${path}/real-servers/${server.id}/attestation`).expect(200);
  }
});

afterAll(async () => {
  await Promise.all(pages.map((each) => each.stop()));
  await plane.stopEngine();
  await net.close();
  await plane.close();
});

beforeEach(async () => {
  await Promise.all(pages.map((each) => serve(each, PAGE)));
  await become('online', 'online');
});

/** In place of what it served before. */
async function serve(server: CheckedServer, page: CheckedPort): Promise<void> {
  await server.stop();
  await server.start([page]);
}

interface Shown {
  readonly id: string;
  readonly status: {
    readonly operating: string;
    readonly conditions: readonly { type: string; status: string; reason: string }[];
  };
}

async function servers(): Promise<readonly Shown[]> {
  return (await api.get(`${path}/real-servers`).expect(200)).body.items;
}

async function become(...states: readonly string[]): Promise<void> {
  const operating = async () => (await servers()).map(({ status }) => status.operating);
  await vi.waitFor(async () => expect(await operating()).toEqual(states), PATIENCE);
}

/** What the diagnosis of the first server names. */
async function codes(): Promise<readonly string[]> {
  const [{ id } = { id: '' }] = await servers();
  const { body } = await api.get(`${path}/real-servers/${id}/diagnosis`).expect(200);
  return body.findings.map(({ code }: { code: string }) => code);
}

const first = async () => (await codes())[0];

async function forwarding(): Promise<string | undefined> {
  const { status } = (await api.get(path).expect(200)).body as Shown;
  return status.conditions.find(({ type }) => type === 'Forwarding')?.reason;
}

const DROP = `nft 'table inet drops { chain input { type filter hook input priority 0; tcp dport 8080 drop; }; }'`;

describe('a server that does not answer the directors on the VIP', () => {
  it('and does so on its own address is out, and named so', async () => {
    expect(await codes()).toEqual([]);
    await serve(pages[0], { ...PAGE, address: '192.0.2.11' });
    await expect.poll(first, PATIENCE).toBe('answers-on-own-address-only');
    await become('offline', 'online');
    expect(await forwarding()).toBe('SomeServing');
    expect(await net.client.visit({ address: VIP4, port: 80 })).toBe('two');
  });

  it('is named by how it fails: refused, answered otherwise, not answered', async () => {
    await pages[0].stop();
    await expect.poll(first, PATIENCE).toBe('health-check-refused');
    await serve(pages[0], { ...PAGE, status: 503 });
    await expect.poll(first, PATIENCE).toBe('health-check-answered-otherwise');
    await net.servers[0].exec(['sh', '-c', DROP]);
    await expect.poll(first, PATIENCE).toBe('health-check-times-out');
    await net.servers[0].exec(['nft', 'delete', 'table', 'inet', 'drops']);
  });

  it('together with most others is kept, and the service says so', async () => {
    await Promise.all(pages.map((each) => each.stop()));
    await expect.poll(first, PATIENCE).toBe('kept-by-panic-guard');
    await become('degraded', 'degraded');
    expect(await forwarding()).toBe('KeptByPanicGuard');
    expect(['one', 'two']).toContain(await net.client.visit({ address: VIP4, port: 80 }));
  });

  it('for one director of two is named with both', async () => {
    const second = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
    await second.follow();
    const [{ number } = { number: 0 }] = second.service(path.split('/').at(-1) ?? '')?.servers ?? [];
    const since = new Date().toISOString();
    const fell = {
      number,
      healthy: false,
      reason: 'TimedOut',
      message: 'No response within 1000 ms.',
      since,
    };
    await second.report(second.directorReport({ health: [fell] }));
    expect(await first()).toBe('directors-differ-about-health');
    second.leave();
    await api.delete(`/v1/nodes/${second.id}`).expect(204);
  });
});

// Last, for an engine that has tried in vain tries again much later.
it('a director that cannot make the namespace to ask from says so, and forwards all the same', async () => {
  await plane.stopEngine();
  net.sabotage = ({ argv }) => argv[0] === 'unshare';
  net.engine = net.newEngine({
    silenceIntervalMs: 100,
    voice: true,
    startProgram: () => Promise.reject(new Error('no namespace may be made')),
  });
  plane.startEngine(net);
  await expect.poll(codes, PATIENCE).toContain('health-not-checked');
  await become('degraded', 'degraded');
  expect(['one', 'two']).toContain(await net.client.visit({ address: VIP4, port: 80 }));
});
