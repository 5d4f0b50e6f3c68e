/**
 * A real server and a client on one segment, each in a namespace, with a real agent on the one and an ARP watch on the
 * other. The client asks who has the VIP a hundred times a second, so that a leak of some milliseconds is seen.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type {
  AgentReport,
  HostDrift,
  Report,
  ReportedCondition,
  ReportedVip,
} from '../../src/contract/report.js';
import type { VipDocument } from '../../src/contract/documents.js';
import type { Notice, Order } from './control-plane-process.js';
import { JOIN_TOKEN } from './control-plane-stand-in.js';
import { Capture } from '../lab/capture.js';
import { claimsOf } from '../lab/evidence.js';
import { INSTALLED_AGENT } from './installed-agent.js';
import { createNetwork, stopProcess, type Host, type Network } from './namespaces.js';
import { untilSo } from './until-so.js';

export const VIP = '192.0.2.200';
export const VIP6 = '2001:db8::200';
export const REAL_SERVER_MAC = '02:00:00:00:00:bb';
const CLIENT_MAC = '02:00:00:00:00:cc';
const PATIENCE_MS = 10_000;

export interface Bound {
  readonly all: readonly string[];
  readonly onLoopback: readonly string[];
}

export class AgentLab {
  readonly reports: Report[] = [];
  #plane: ChildProcess | undefined;
  #planePort = 9;
  #version = 0;

  private constructor(
    private readonly network: Network,
    readonly realServer: Host,
    readonly client: Host,
    readonly stateDir: string,
  ) {}

  /** Where the host keeps settings that it sets at boot. */
  get sysctlDir(): string {
    return join(this.stateDir, 'sysctl.d');
  }

  static async open(name: string): Promise<AgentLab> {
    const network = await createNetwork({ prefix: `hw${process.pid}${name}` });
    const realServer = await network.addHost({
      name: 'real',
      links: [{ bridge: 'lan', mac: REAL_SERVER_MAC, addresses: ['192.0.2.11/24', '2001:db8::11/64'] }],
      routes: [{ to: 'default', via: '192.0.2.1' }],
    });
    const client = await network.addHost({
      name: 'client',
      links: [{ bridge: 'lan', mac: CLIENT_MAC, addresses: ['192.0.2.9/24', '2001:db8::9/64'] }],
    });
    const stateDir = await mkdtemp(join(tmpdir(), 'homeward-agent-'));
    return new AgentLab(network, realServer, client, stateDir);
  }

  async close(): Promise<void> {
    await this.network.close();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  async startControlPlane(): Promise<void> {
    const script = resolve('dist/test/bundled/control-plane-process.cjs');
    const plane = this.realServer.spawn([process.execPath, script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#plane = plane;
    plane.on('message', (notice: Notice) => {
      if ('port' in notice) this.#planePort = notice.port;
      else if ('version' in notice) this.#version = notice.version;
      else this.reports.push(notice.report);
    });
    await once(plane, 'message');
  }

  startAgent(script = INSTALLED_AGENT, env: Readonly<Record<string, string>> = {}): ChildProcess {
    return this.realServer.spawn([process.execPath, resolve(script), 'agent'], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        HOMEWARD_API_URL: `http://127.0.0.1:${this.#planePort}`,
        HOMEWARD_JOIN_TOKEN: JOIN_TOKEN,
        HOMEWARD_STATE_DIR: this.stateDir,
        HOMEWARD_SYSCTL_DIR: this.sysctlDir,
        HOMEWARD_RUN_DIR: join(this.stateDir, 'run'),
        HOMEWARD_LOG_LEVEL: 'silent',
        ...env,
      },
    });
  }

  /** Resolves when the agent was killed by itself or by somebody. */
  async untilEnded(agent: ChildProcess): Promise<void> {
    if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
  }

  async kill(agent: ChildProcess): Promise<void> {
    agent.kill('SIGKILL');
    await this.untilEnded(agent);
  }

  stop(agent: ChildProcess): Promise<void> {
    return stopProcess(agent);
  }

  /** Changes documents and resolves to the version that they have from then on. */
  async put(bodies: Order['put'], approves = true): Promise<number> {
    if (this.#plane === undefined) throw new Error('no control plane was started');
    const next = this.#version + 1;
    this.#plane.send({ put: bodies, approves } satisfies Order);
    await this.until(() => this.#version === next, 'the control plane');
    return next;
  }

  /** The same, and waits until the agent reports the version. */
  async putInForce(bodies: Order['put']): Promise<AgentReport> {
    const version = await this.put(bodies);
    return this.reported(version);
  }

  async reported(version: number): Promise<AgentReport> {
    const arrived = () => this.reports.find((report) => report.position?.version === version);
    await this.until(() => arrived() !== undefined, `a report of version ${version}`);
    const report = arrived();
    if (report?.role !== 'agent') throw new Error('no agent reported');
    return report;
  }

  /** The newest fact that was reported about a VIP. */
  fact(address: string): ReportedVip | undefined {
    const vips = this.reports.flatMap((report) => (report.role === 'agent' ? report.vips : []));
    return vips.findLast((vip) => vip.address === address);
  }

  /** A condition of the node as it was reported last. */
  condition(type: string): ReportedCondition | undefined {
    return this.reports.at(-1)?.conditions.find((condition) => condition.type === type);
  }

  /** What was undone on the host, as it was reported last. */
  get drift(): HostDrift {
    const report = this.reports.at(-1);
    if (report?.role !== 'agent') throw new Error('no agent reported');
    return report.drift;
  }

  /** Ethernet addresses of the host, as they were reported last. */
  get macs(): readonly string[] {
    return this.reports.at(-1)?.host.interfaces.map(({ mac }) => mac) ?? [];
  }

  async addresses(): Promise<Bound> {
    const text = await this.realServer.exec(['ip', '-o', 'address', 'show']);
    const rows = text.split('\n').map((line) => line.split(/\s+/));
    const all = rows.flatMap((row) => (row[3] === undefined ? [] : [`${row[1]} ${row[3]}`]));
    const onLoopback = all.filter((row) => row.startsWith('lo ')).map((row) => row.slice('lo '.length));
    return { all, onLoopback: onLoopback.filter((row) => row !== '127.0.0.1/8' && row !== '::1/128') };
  }

  /** arp_ignore and arp_announce of `all`, then of `default`. */
  async sysctls(): Promise<string> {
    const keys = ['all', 'default'].flatMap((name) =>
      ['arp_ignore', 'arp_announce'].map((key) => `net.ipv4.conf.${name}.${key}`),
    );
    return (await this.realServer.exec(['sysctl', '-n', ...keys])).trim().split('\n').join(' ');
  }

  until(isSo: () => boolean | Promise<boolean>, what: string, limitMs = PATIENCE_MS): Promise<void> {
    return untilSo(isSo, what, limitMs);
  }

  watchArp(): Promise<ArpWatch> {
    return ArpWatch.start(this.client);
  }
}

export function vipDocument(address: string, ports: readonly number[] = [80]): VipDocument {
  return {
    kind: 'vip',
    address,
    services: ports.map((port) => ({ protocol: 'tcp', port, endPort: port })),
  };
}

/** Asks for the VIP without end, and counts the questions and who answered or announced it. */
export class ArpWatch {
  private constructor(
    private readonly client: Host,
    private readonly capture: Capture,
  ) {}

  static async start(client: Host): Promise<ArpWatch> {
    // One question that is never answered goes on being asked: every 10 ms, a million times.
    for (const family of ['ipv4', 'ipv6']) {
      await client.sysctl(`net.${family}.neigh.eth0.mcast_solicit`, 1_000_000);
      await client.sysctl(`net.${family}.neigh.eth0.retrans_time_ms`, 10);
    }
    const watch = new ArpWatch(client, await Capture.start(client, 'eth0'));
    await watch.ask();
    return watch;
  }

  /** Also anew, where an answer ended the questions. */
  async ask(): Promise<void> {
    for (const vip of [VIP, VIP6]) {
      await this.client.exec(['ip', 'neigh', 'flush', 'to', vip]);
      // One datagram, whoever takes it, makes the kernel ask.
      await this.client.exec(['bash', '-c', `echo > /dev/udp/${vip}/9`]);
    }
  }

  get questions(): number {
    return claimsOf(this.capture.frames, VIP).questions;
  }

  get questions6(): number {
    return claimsOf(this.capture.frames, VIP6).questions;
  }

  /** Who claimed a VIP: by a reply, an announcement, or a question asked in its name. */
  get claims(): readonly string[] {
    return [VIP, VIP6].flatMap((vip) => this.claimsOf(vip));
  }

  claimsOf(vip: string): readonly string[] {
    return claimsOf(this.capture.frames, vip).claimants;
  }
}
