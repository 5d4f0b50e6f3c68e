/**
 * Hosts without an agent on the real kernel: a real engine asks the segment, a real control plane believes it. Only
 * the engine's commands are carried into the director's namespace; its link to the API is the product's own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/api/store/data-source.js';
import { saveIdentity } from '../../src/link/node-identity.js';
import { runNode } from '../../src/link/run-node.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { createLogger } from '../../src/platform/logger.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { DirectorNetwork, VIP4, VIP6 } from '../support/director-network.js';
import type { Host } from '../support/namespaces.js';
import { TestNode } from '../support/test-node.js';

const ONE = '02:00:00:00:00:b1';
const INTERVAL_MS = 600;
const PATIENCE = { timeout: 15_000 };

const logger = createLogger('test', 'silent');
let dataDir: string;
let postgres: EmbeddedPostgres;
let api: ApiUnderTest;
let net: DirectorNetwork;
const running = new AbortController();
let engine: Promise<void>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'homeward-unmanaged-'));
  postgres = await startEmbeddedPostgres({ dataDir, logger });
  const migrator = await createDataSource(postgres.url).initialize();
  await migrator.runMigrations();
  await migrator.destroy();
  api = await ApiUnderTest.on(postgres.url, null);
  net = await DirectorNetwork.create(`hw${process.pid}-una`);
  await net.serve('tcp', VIP4, 80);
  await net.serve('tcp', VIP6, 80);
  net.engine = net.newEngine({ silenceIntervalMs: INTERVAL_MS });
  const { id: nodeId, credential } = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  const [{ cluster } = { cluster: '' }] = await api.query<{ cluster: string }>(
    'SELECT id AS cluster FROM cluster',
  );
  const addresses = ['192.0.2.2'];
  await saveIdentity(net.stateDir, { format: 1, cluster, nodeId, role: 'director', addresses, credential });
  const config = { apiUrl: api.base, stateDir: net.stateDir };
  engine = runNode(net.engine, config, running.signal, logger);
});

afterAll(async () => {
  running.abort();
  await engine;
  await net.close();
  await api.close();
  await postgres.close();
  await rm(dataDir, { recursive: true, force: true });
});

interface Server {
  readonly id: string;
  readonly address: string;
  readonly status: {
    readonly operating: string;
    readonly conditions: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
    }[];
  };
}

/** A virtual service whose hosts have no agent. */
class Service {
  private constructor(readonly path: string) {}

  static async create(address: string, hosts: readonly string[], managed = false): Promise<Service> {
    const realServers = hosts.map((host) => ({ address: host, managed }));
    const { id } = await api.createService({ address, realServers, drainSeconds: 0 });
    return new Service(`/v1/virtual-services/${id}`);
  }

  async servers(): Promise<readonly Server[]> {
    return (await api.get(`${this.path}/real-servers`).expect(200)).body.items;
  }

  async attestAll(): Promise<void> {
    for (const { id } of await this.servers()) {
      await api.send('put', `${this.path}/real-servers/${id}/attestation`).expect(200);
    }
  }

  async become(...states: readonly string[]): Promise<void> {
    const operating = async () => (await this.servers()).map(({ status }) => status.operating);
    await expect.poll(operating, PATIENCE).toEqual(states);
  }

  async condition(index: number, type: string): Promise<string> {
    const { conditions = [] } = (await this.servers())[index]?.status ?? {};
    const found = conditions.find((each) => each.type === type);
    return `${found?.status} ${found?.message}`;
  }
}

let services: Service[] = [];

async function serviceOf(...args: Parameters<typeof Service.create>): Promise<Service> {
  const service = await Service.create(...args);
  services.push(service);
  return service;
}

afterEach(async () => {
  net.sabotage = undefined;
  await net.servers[0].sysctl('net.ipv4.conf.all.arp_ignore', 1);
  for (const { path } of services) await api.delete(path).expect(204);
  services = [];
});

/** Names of the servers that answer a few connections to the VIP. */
async function whoServes(address: string): Promise<string[]> {
  const names = new Set<string>();
  for (let index = 0; index < 20; index++) names.add(await net.client.visit({ address, port: 80 }));
  return [...names].sort();
}

const asksSoFar = () => net.commands.filter(({ argv }) => argv[0] === 'arping' && argv.includes('-b')).length;

/** Several more rounds of questions have been asked and answered. */
async function someRoundsLater(): Promise<void> {
  const before = asksSoFar();
  await expect.poll(asksSoFar, PATIENCE).toBeGreaterThan(before + 2);
}

const FAMILIES = [
  {
    vip: VIP4,
    hosts: ['192.0.2.11', '192.0.2.12'],
    leak: (host: Host) => host.sysctl('net.ipv4.conf.all.arp_ignore', 0),
    mend: (host: Host) => host.sysctl('net.ipv4.conf.all.arp_ignore', 1),
    cure: 'arp_ignore',
  },
  {
    vip: VIP6,
    hosts: ['2001:db8:2::11', '2001:db8:2::12'],
    leak: (host: Host) => host.exec(['ip', 'address', 'add', `${VIP6}/128`, 'dev', 'eth0', 'nodad']),
    mend: (host: Host) => host.exec(['ip', 'address', 'delete', `${VIP6}/128`, 'dev', 'eth0']),
    cure: '/128',
  },
];

async function liveThrough({ vip, hosts, leak, mend, cure }: (typeof FAMILIES)[number]): Promise<void> {
  const service = await serviceOf(vip, hosts);
  await expect.poll(() => service.condition(0, 'SilentOnSegment'), PATIENCE).toContain('True');
  // Silent, but nobody has attested it.
  await service.become('offline', 'offline');
  await service.attestAll();
  await service.become('online', 'online');
  expect(await whoServes(vip)).toEqual(['one', 'two']);

  await leak(net.servers[0]);
  await service.become('offline', 'online');
  expect(await whoServes(vip)).toEqual(['two']);
  const said = await service.condition(0, 'Admitted');
  for (const words of ['False', ONE, vip, cure]) expect(said).toContain(words);
  expect(await service.condition(1, 'Admitted')).toContain('True');

  await mend(net.servers[0]);
  await service.become('online', 'online');
  expect(await whoServes(vip)).toEqual(['one', 'two']);
}

describe('a host without an agent', () => {
  it('gets packets when it is attested and silent, none once it answers, and some again when it is silent', async () => {
    await Promise.all(FAMILIES.map(liveThrough));
  });

  it('would go on getting packets while it answers, were nobody to ask (control)', async () => {
    const service = await serviceOf(VIP4, ['192.0.2.11', '192.0.2.12']);
    await service.attestAll();
    await service.become('online', 'online');
    net.sabotage = ({ argv }) => argv[0] === 'arping' && argv.includes('-b');
    await net.servers[0].sysctl('net.ipv4.conf.all.arp_ignore', 0);
    await someRoundsLater();
    await service.become('online', 'online');
    expect(await service.condition(0, 'SilentOnSegment')).toContain('Unknown');

    // Nor would it help to ask as the VIP itself, which the director holds.
    const ask = (...source: string[]) =>
      net.director.exec(['arping', '-b', '-c', '1', '-I', 'eth0', ...source, VIP4], { exitCodes: [0, 1] });
    expect(await ask()).toContain('Received 0 response(s)');
    expect(await ask('-s', '192.0.2.2')).toContain(ONE.toUpperCase());

    net.sabotage = undefined;
    await service.become('offline', 'online');
  });

  it('is neither called silent because it is off, nor blamed for a stranger', async () => {
    const service = await serviceOf(VIP4, ['192.0.2.11', '192.0.2.99']);
    await service.attestAll();
    await service.become('online', 'offline');
    await expect
      .poll(() => service.condition(1, 'Admitted'), PATIENCE)
      .toContain('did not answer for itself');
    const addLate = (name: string, mac: string, ...addresses: string[]) =>
      net.network.addHost({ name, links: [{ bridge: 'lan', mac, addresses }] });
    await addLate('late', '02:00:00:00:00:99', '192.0.2.99/24');
    const stranger = await addLate('stranger', '02:00:00:00:00:ee', '192.0.2.66/24', `${VIP4}/32`);
    await expect.poll(strangers, PATIENCE).toContain(`${VIP4} by 02:00:00:00:00:ee`);
    await service.become('online', 'online');
    await stranger.exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'eth0']);
  });

  it('is all that is asked about: one with an agent costs nothing', async () => {
    const before = asksSoFar();
    await serviceOf(VIP4, ['192.0.2.11'], true);
    await sleep(2 * INTERVAL_MS);
    expect(asksSoFar()).toBe(before);
  });
});

async function strangers(): Promise<string | undefined> {
  const { body } = await api.get('/v1/nodes').expect(200);
  const conditions = body.items[0].conditions as { type: string; message: string }[];
  return conditions.find(({ type }) => type === 'VipsAnsweredElsewhere')?.message;
}
