/**
 * Kills an agent at each of its steps, and watches the wire: after the kill, and again after a reboot in which nothing
 * runs but the boot unit's command, before the network card is there. Each host that is tried has an Ethernet address
 * of its own, so that a claim of a VIP tells whose it was.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Document } from '../../src/contract/documents.js';
import type { HeldHead } from '../../src/link/held/held-documents.js';
import { HeldStore } from '../../src/link/held/held-store.js';
import { systemCommands } from '../../src/platform/command-runner.js';
import { createLogger } from '../../src/platform/logger.js';
import { ArpWatch, VIP, VIP6, vipDocument } from './agent-lab.js';
import { INSTALLED_AGENT } from './installed-agent.js';
import { createNetwork, type Host, type Network } from './namespaces.js';

export const VIPS = [VIP, '192.0.2.201', VIP6];
const KILLED_AGENT = resolve('dist/test/bundled/killed-agent.cjs');
/** Long enough for some questions, which come every 10 ms. */
const A_LOOK_MS = 80;
/** With an entry for an address, the kernel answers for it as for its own: lo keeps no IPv6 VIP silent then. */
const ANSWERS_BY_PROXY = [
  'net.ipv6.conf.eth0.forwarding=1',
  'net.ipv6.conf.eth0.proxy_ndp=1',
  'net.ipv6.neigh.eth0.proxy_delay=0',
];
const CLUSTER = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';

/** What a real server is, over its reboots. */
export interface Machine {
  readonly stateDir: string;
  readonly mac: string;
}

export interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly output: string;
}

/** What becomes of an agent that is tried, and how it is hindered. */
export interface Trial {
  readonly does?: 'run' | 'boot';
  /** The step at which it kills itself; 0: it comes to its end. */
  readonly killAt?: number;
  /** The lock that is not there although the agent sees it, so that the other one must be there in time. */
  readonly without?: OneLock;
  /** A mistake that must be seen. */
  readonly order?: WrongOrder;
}

export type OneLock = 'settings' | 'guard';
export type WrongOrder =
  'vip-before-guard' | 'vip-before-settings' | 'guard-first-off' | 'settings-first-off';

export class CrashLab {
  #hosts = 0;
  /** How many claims there were when it was asked last. */
  #heard = 0;

  private constructor(
    private readonly network: Network,
    private readonly watch: ArpWatch,
  ) {}

  static async open(name: string): Promise<CrashLab> {
    const network = await createNetwork({ prefix: `hw${process.pid}${name}` });
    const addresses = ['192.0.2.9/24', '2001:db8::9/64'];
    const client = await network.addHost({
      name: 'client',
      links: [{ bridge: 'lan', mac: '02:00:00:00:00:cc', addresses }],
    });
    return new CrashLab(network, await ArpWatch.start(client));
  }

  close(): Promise<void> {
    return this.network.close();
  }

  get questions(): number {
    return Math.min(this.watch.questions, this.watch.questions6);
  }

  /** VIPs that this machine claimed at any time. */
  claimed({ mac }: Machine): readonly string[] {
    return [VIP, VIP6].filter((vip) => this.watch.claimsOf(vip).includes(mac));
  }

  /** `like`: a machine of which it has all that is on disk. */
  async machine(number: number, like?: Machine): Promise<Machine> {
    const mac = `02:00:00:01:00:${number.toString(16).padStart(2, '0')}`;
    const stateDir = await mkdtemp(join(tmpdir(), 'homeward-crash-'));
    if (like !== undefined) await cp(like.stateDir, stateDir, { recursive: true });
    return { mac, stateDir };
  }

  /** A fresh kernel, with the network card or still without. */
  async boot(machine: Machine, card: 'card' | 'no-card'): Promise<Host> {
    const host = await this.network.addHost({ name: `r${++this.#hosts}`, links: [] });
    if (card === 'card') await this.plugIn(host, machine);
    return host;
  }

  async plugIn(host: Host, { mac }: Machine): Promise<void> {
    await host.addLink({ bridge: 'lan', mac, addresses: ['192.0.2.11/24', '2001:db8::11/64'] });
    await host.exec(['sysctl', '-qw', ...ANSWERS_BY_PROXY]);
  }

  /** Has the host answer for the IPv6 VIP where it is bound, as the agent under test does where it binds it itself. */
  async loudAsBound(host: Host): Promise<void> {
    const bound = await host.exec(['ip', 'address', 'show', 'to', VIP6]);
    if (bound !== '') await host.exec(['ip', 'neigh', 'add', 'proxy', VIP6, 'dev', 'eth0']);
  }

  async quiet(host: Host): Promise<void> {
    await host.exec(['ip', 'neigh', 'flush', 'proxy']);
  }

  async powerOff(host: Host): Promise<void> {
    // A namespace that is deleted loses its guard before its network card, where it has one.
    await host.exec(['ip', 'link', 'set', 'eth0', 'down']).catch(() => undefined);
    // Who was answered asks no more.
    const { length } = this.watch.claims;
    if (length > this.#heard) await this.watch.ask();
    this.#heard = length;
    await systemCommands.run(['ip', 'netns', 'delete', host.namespace]);
  }

  look(): Promise<void> {
    return sleep(A_LOOK_MS);
  }

  agent(host: Host, machine: Machine, trial: Trial = {}): Promise<Ended> {
    const { does = 'run', killAt = 0, without = '', order = '' } = trial;
    return run(host, [process.execPath, KILLED_AGENT], machine, {
      HOMEWARD_TEST_DOES: does,
      HOMEWARD_TEST_KILL_AT: `${killAt}`,
      HOMEWARD_TEST_WITHOUT: without,
      HOMEWARD_TEST_ORDER: order,
    });
  }

  /** What the boot unit runs. `within`: a command that runs it in its turn. */
  bootCommand(host: Host, machine: Machine, within: readonly string[] = []): Promise<Ended> {
    const [program, ...args] = [...within, process.execPath, INSTALLED_AGENT, 'agent', 'boot'];
    return run(host, [program ?? '', ...args], machine, {});
  }
}

/** Hands the machine documents, as its agent would have taken them: for all of the VIPs, or their end. */
export async function hand(
  { stateDir }: Machine,
  what: 'vips' | 'nothing',
  vips: readonly string[] = VIPS,
): Promise<void> {
  const store = await HeldStore.open(stateDir, createLogger('test', 'silent'));
  const version = (store.held.head?.version ?? 0) + 1;
  const documents = vips.map((key): Document => {
    const document = { key, version, revision: version };
    if (what === 'vips') return { ...document, body: vipDocument(key) };
    return { ...document, body: null, approval: version };
  });
  const head: HeldHead = {
    cluster: CLUSTER,
    epoch: 1,
    version,
    revision: version,
    seed: 7,
    digest: `${version}`.padStart(64, '0'),
  };
  store.take(head, documents);
  await store.close();
}

/** What of the agent's doing is on a host, in words; nothing where it is as if no agent had ever been. */
export async function traces(host: Host, { stateDir }: Machine): Promise<string> {
  const keys = ['all', 'default'].flatMap((scope) =>
    ['arp_ignore', 'arp_announce'].map((key) => `net.ipv4.conf.${scope}.${key}`),
  );
  const [addresses, arp, ip6, settings] = await Promise.all([
    host.exec(['ip', '-o', 'address', 'show', 'dev', 'lo']),
    host.exec(['nft', 'list', 'ruleset', 'arp']),
    host.exec(['nft', 'list', 'ruleset', 'ip6']),
    host.exec(['sysctl', '-n', ...keys]),
  ]);
  const bound = VIPS.filter((vip) => addresses.includes(` ${vip}/`));
  const files = await readdir(join(stateDir, 'sysctl.d')).catch(() => []);
  return [
    ...bound.map((vip) => `${vip} bound`),
    ...[arp, ip6].flatMap((listed) => /table \w+ homeward/.exec(listed) ?? []),
    ...files,
    ...(settings.trim() === '0\n0\n0\n0' ? [] : [settings.trim().split('\n').join(' ')]),
  ].join(', ');
}

async function run(
  host: Host,
  argv: readonly [string, ...string[]],
  { stateDir }: Machine,
  settings: Readonly<Record<string, string>>,
): Promise<Ended> {
  const env = {
    HOMEWARD_STATE_DIR: stateDir,
    HOMEWARD_SYSCTL_DIR: join(stateDir, 'sysctl.d'),
    HOMEWARD_RUN_DIR: join(stateDir, 'run'),
    HOMEWARD_LOG_LEVEL: 'error',
    ...settings,
  };
  const child: ChildProcess = host.spawn(argv, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  await once(child, 'close');
  return { signal: child.signalCode, code: child.exitCode, output };
}

export async function scrap({ stateDir }: Machine): Promise<void> {
  await rm(stateDir, { recursive: true, force: true });
}
