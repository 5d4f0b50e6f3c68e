/**
 * Hosts without an agent on the real kernel: a real engine asks the segment, a real control plane believes it.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApiUnderTest } from '../support/api-under-test.js';
import { whoAnswers } from '../../src/engine/silence/ask-segment.js';
import type { Asking } from '../../src/engine/wire/wire.js';
import { DIRECTOR_MAC, VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import type { Host } from '../support/namespaces.js';
import { RealControlPlane } from '../support/real-control-plane.js';
import { TrafficPeer } from '../support/traffic.js';

const ONE = '02:00:00:00:00:b1';
const INTERVAL_MS = 100;
const PATIENCE = { timeout: 20_000, interval: 50 };

/** Where the host that is set up by script has its files. */
let root: string;
let plane: RealControlPlane;
let api: ApiUnderTest;
let net: DirectorNetwork;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'homeward-setup-'));
  await mkdir(join(root, 'etc/systemd/system'), { recursive: true });
  plane = await RealControlPlane.start();
  ({ api } = plane);
  net = await DirectorNetwork.create(`hw${process.pid}-una`);
  // Clients of some VIPs are on another segment than their hosts.
  const client = { bridge: 'outer', mac: '02:00:00:00:03:10', addresses: ['203.0.113.10/24'] };
  await net.network.addHost({ name: 'outside', links: [client] });
  await net.director.addLink({ bridge: 'outer', mac: '02:00:00:00:03:aa', addresses: ['203.0.113.2/24'] });
  await net.serve('tcp', VIP4, 80);
  await net.serve('tcp', VIP6, 80);
  net.engine = net.newEngine({ silenceIntervalMs: INTERVAL_MS, voice: true });
  await plane.joinDirector(net);
  plane.startEngine(net);
});

afterAll(async () => {
  await plane.stopEngine();
  await net.close();
  await plane.close();
  await rm(root, { recursive: true, force: true });
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
    await vi.waitFor(async () => expect(await operating()).toEqual(states), PATIENCE);
  }

  /** Runs the script that the API gives for this server, as a person would. */
  async runSetup(index: number, part: 'apply' | 'verify', host: Host): Promise<string> {
    const { id } = (await this.servers())[index] ?? { id: '' };
    const path = `${this.path}/real-servers/${id}/setup?os=linux&part=${part}`;
    const file = join(root, `${id}-${part}.sh`);
    await writeFile(file, (await api.get(path).expect(200)).text);
    return host.exec(['env', `HOMEWARD_SETUP_ROOT=${root}`, 'sh', file]);
  }

  /** The first cause that the diagnosis of a server names. */
  async firstCause(index: number): Promise<string | undefined> {
    const { id } = (await this.servers())[index] ?? { id: '' };
    const { body } = await api.get(`${this.path}/real-servers/${id}/diagnosis`).expect(200);
    return body.findings[0]?.code;
  }

  async condition(index: number, type: string): Promise<string> {
    const { conditions = [] } = (await this.servers())[index]?.status ?? {};
    const found = conditions.find((each) => each.type === type);
    return `${found?.status} ${found?.message}`;
  }
}

/** Names of the servers that answer a few connections to the VIP. */
async function whoServes(address: string): Promise<string[]> {
  const names = new Set<string>();
  for (let index = 0; index < 20; index++) names.add(await net.client.visit({ address, port: 80 }));
  return [...names].sort();
}

/** What is asked to hear everybody who answers for a VIP; without a name it is a probe before the VIP is taken. */
const asks = (vip: string) => (asking: Asking) => asking.address === vip && asking.from !== undefined;

/** Several more rounds of questions have been asked and answered. */
async function someRoundsLater(vip: string): Promise<void> {
  const soFar = () => net.wire.asked.filter(asks(vip)).length;
  const before = soFar();
  await vi.waitFor(() => expect(soFar()).toBeGreaterThan(before + 4), PATIENCE);
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
  const service = await Service.create(vip, hosts);
  await vi.waitFor(
    async () => expect(await service.condition(0, 'SilentOnSegment')).toContain('True'),
    PATIENCE,
  );
  // Silent, but nobody has attested it.
  await service.become('offline', 'offline');
  expect(await service.firstCause(0)).toBe('not-attested');
  await service.attestAll();
  await service.become('online', 'online');
  expect(await whoServes(vip)).toEqual(['one', 'two']);

  await leak(net.servers[0]);
  await service.become('offline', 'online');
  expect(await whoServes(vip)).toEqual(['two']);
  const said = await service.condition(0, 'Admitted');
  for (const words of ['False', ONE, vip, cure]) expect(said).toContain(words);
  expect(await service.condition(1, 'Admitted')).toContain('True');
  expect(await service.firstCause(0)).toBe('host-answered-for-vip');

  await mend(net.servers[0]);
  await service.become('online', 'online');
  expect(await whoServes(vip)).toEqual(['one', 'two']);
}

/** Each has a VIP and hosts of its own, for most of the time goes by with waiting for answers that must not come. */
describe.concurrent('a host without an agent', () => {
  it('gets packets when it is attested and silent, none once it answers, and some again when it is silent', async () => {
    await Promise.all(FAMILIES.map(liveThrough));
  });

  it('would go on getting packets while it answers, were nobody to ask (control)', async () => {
    const vip = '192.0.2.210';
    const host = await addHost('three', '02:00:00:00:00:b3', '192.0.2.13/24');
    const service = await Service.create(vip, ['192.0.2.13']);
    await service.runSetup(0, 'apply', host);
    await service.attestAll();
    await service.become('online');
    net.wire.loses = asks(vip);
    // What was asked before is still listened for.
    await sleep(700);
    await host.sysctl('net.ipv4.conf.all.arp_ignore', 0);
    await host.exec(['nft', 'flush', 'ruleset']);
    await someRoundsLater(vip);
    await service.become('online');
    expect(await service.condition(0, 'SilentOnSegment')).toContain('True');

    // Nor would it help to ask as the VIP itself, which the director holds.
    const wire = net.voiceOf(net.director);
    const [{ ifindex: index = 0 } = {}] = JSON.parse(
      await net.director.exec(['ip', '-json', 'link', 'show', 'eth0']),
    ) as { ifindex?: number }[];
    wire.standOn(new Map([['eth0', { index, mac: DIRECTOR_MAC }]]), undefined);
    const ask = (address: string) => whoAnswers(wire, vip, { device: 'eth0', address });
    expect(await ask(vip)).toEqual([]);
    expect(await ask('192.0.2.2')).toEqual(['02:00:00:00:00:b3']);

    net.wire.loses = () => false;
    await service.become('offline');
  });

  it('is neither called silent while it is off, nor let in while a stranger answers, and serves when the script has set it up', async () => {
    const vip = '192.0.2.220';
    const service = await Service.create(vip, ['192.0.2.99']);
    await service.attestAll();
    await vi.waitFor(
      async () => expect(await service.condition(0, 'Admitted')).toContain('did not answer for itself'),
      PATIENCE,
    );
    expect(await service.firstCause(0)).toBe('silence-not-proved');
    const stranger = await addHost('stranger', '02:00:00:00:00:ee', '192.0.2.66/24', `${vip}/32`);

    // It comes up, and is set up by the script.
    const late = await addHost('late', '02:00:00:00:00:99', '192.0.2.99/24');
    await service.runSetup(0, 'apply', late);
    expect(await service.runSetup(0, 'verify', late)).not.toContain('WRONG');
    await new TrafficPeer(late).serve({ name: 'late', protocol: 'tcp', address: vip, port: 80 });
    await vi.waitFor(
      async () => expect(await service.condition(0, 'Admitted')).toContain('02:00:00:00:00:ee answered'),
      PATIENCE,
    );
    expect(await service.firstCause(0)).toBe('somebody-else-answers');
    expect(await strangers()).toContain(`${vip} by 02:00:00:00:00:ee`);
    await service.become('offline');
    await stranger.exec(['ip', 'address', 'delete', `${vip}/32`, 'dev', 'eth0']);
    await service.become('online');
  });

  it('that answers by another of its network cards is not let in', async () => {
    const vip = '192.0.2.240';
    const host = await addHost('two-cards', '02:00:00:00:00:b4', '192.0.2.14/24');
    const second = { bridge: 'lan', mac: '02:00:00:00:00:c4', addresses: [`${vip}/32`] };
    const service = await Service.create(vip, ['192.0.2.14']);
    // Each card answers for its own address, and the director knows the host by the first.
    await host.sysctl('net.ipv4.conf.all.arp_ignore', 1);
    await host.addLink(second);
    await service.attestAll();
    await vi.waitFor(
      async () => expect(await service.condition(0, 'Admitted')).toContain('02:00:00:00:00:c4 answered'),
      PATIENCE,
    );
    await someRoundsLater(vip);
    await service.become('offline');
  });

  it('that answers where the clients are, and is silent on its own segment, is not let in', async () => {
    const vip = '203.0.113.240';
    const host = await addHost('two-segments', '02:00:00:00:00:b5', '192.0.2.15/24');
    const service = await Service.create(vip, ['192.0.2.15']);
    await host.sysctl('net.ipv4.conf.all.arp_ignore', 1);
    await host.addLink({ bridge: 'outer', mac: '02:00:00:00:00:c5', addresses: [`${vip}/32`] });
    await service.attestAll();
    await vi.waitFor(
      async () => expect(await service.condition(0, 'Admitted')).toContain('02:00:00:00:00:c5 answered'),
      PATIENCE,
    );
    await host.exec(['ip', 'address', 'delete', `${vip}/32`, 'dev', 'eth1']);
    await service.become('online');
  });

  it('is all that is asked about: one with an agent costs nothing', async () => {
    const vip = '192.0.2.230';
    await Service.create(vip, ['192.0.2.11'], true);
    await sleep(10 * INTERVAL_MS);
    expect(net.wire.asked.filter(asks(vip))).toEqual([]);
  });
});

function addHost(name: string, mac: string, ...addresses: string[]): Promise<Host> {
  const routes = [{ to: 'default', via: '192.0.2.1' }];
  return net.network.addHost({ name, links: [{ bridge: 'lan', mac, addresses }], routes });
}

async function strangers(): Promise<string | undefined> {
  const { body } = await api.get('/v1/nodes').expect(200);
  const conditions = body.items[0].conditions as { type: string; message: string }[];
  return conditions.find(({ type }) => type === 'VipsAnsweredElsewhere')?.message;
}
