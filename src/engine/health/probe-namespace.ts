/**
 * Checks servers from a network namespace of its own, which needs nothing of the operator: a link leads from the director
 * into it, the director's rules send what comes by this link to the real server that is meant, and back into it what
 * answers from a VIP. Only from outside can the director ask for its own VIPs, and only like this it asks one server.
 * What the kernel is told grows with the hosts, not with the checks. It must never touch the table that forwards.
 */
import { Backoff } from '../../platform/backoff.js';
import type { CommandRunner, ProgramStarter } from '../../platform/command-runner.js';
import type { Ground } from '../ground.js';
import { Turns } from '../turns.js';
import { HostNumbers, type NumberedHost } from './host-numbers.js';
import { INNER_LINK } from './probe/namespace-text.js';
import type { ProbeTurn } from './probe/probe-messages.js';
import { ProbeProcess } from './probe-process.js';
import { INNER_MAC, OUTER_LINK, PROBE_TABLE, probeTableText, reachedHostsText } from './probe-table-text.js';
import type { Check, Prober, ProberListener } from './prober.js';

const TABLE_WORDS = PROBE_TABLE.split(' ');

export interface ProbeTools {
  readonly commands: CommandRunner;
  readonly start: ProgramStarter;
}

export class ProbeNamespace implements Prober {
  trouble: string | undefined;
  private readonly checks = new Map<number, Check>();
  private readonly numbers = new HostNumbers();
  /** Hosts that the rules know, by address. */
  private hosts = new Map<string, NumberedHost>();
  private readonly turns = new Turns();
  private ground: Ground | undefined;
  /** The director's rules, as nft lists them while they are right. */
  private listed = '';
  private probe: ProbeProcess | undefined;
  private begunAt = 0;
  private readonly backoff = new Backoff();
  private retry: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly tools: ProbeTools,
    private readonly listener: ProberListener,
  ) {}

  standOn(ground: Ground): void {
    this.ground = ground;
    // Also on the same ground: somebody may have flushed the rules.
    this.run(() => this.lay());
  }

  put(checks: readonly Check[]): void {
    for (const check of checks) this.checks.set(check.id, check);
    this.run(() => this.send(checks));
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) this.checks.delete(id);
    this.run(async () => {
      if (this.checks.size === 0) await this.end();
      else this.probe?.tell({ kind: 'forget', ids });
    });
  }

  /** How the probe keeps up; undefined where there is none. */
  pace() {
    return this.probe?.ask({ kind: 'pace' }, 'pace');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    await this.turns.take(() => this.end());
  }

  private run(task: () => Promise<void>): void {
    void this.turns.take(async () => {
      if (this.stopped || this.ground === undefined) return;
      try {
        await task();
        this.tellTrouble(this.retry === undefined ? undefined : this.trouble);
      } catch (error) {
        await this.fail(error);
      }
    });
  }

  /** Everything that is known, after a start, a failure, or on another ground. */
  private async lay(): Promise<void> {
    const { ground } = this;
    if (ground === undefined || this.checks.size === 0) return;
    const probe = (this.probe ??= await this.begin());
    const reached = this.reached(this.checks.values(), ground);
    const hosts = [...new Map(reached.map(({ host }) => [host.address, host])).values()];
    await this.load(probeTableText(ground.devices, hosts));
    this.listed = await this.list();
    const { sources } = this.numbers;
    const { trouble } = await probe.ask({ kind: 'network', sources, hosts }, 'laid');
    if (trouble !== null) throw new Error(trouble);
    this.hosts = new Map(hosts.map((host) => [host.address, host]));
    this.order(probe, reached);
    clearTimeout(this.retry);
    this.retry = undefined;
  }

  /** These alone, where all else is there. */
  private async send(checks: readonly Check[]): Promise<void> {
    const { ground, probe } = this;
    if (ground === undefined || probe === undefined) return this.lay();
    const sources = this.numbers.sources.length;
    const reached = this.reached(
      checks.filter(({ id }) => this.checks.has(id)),
      ground,
    );
    if (this.numbers.sources.length > sources) return this.lay();
    const fresh = reached.map(({ host }) => host).filter(({ address }) => !this.hosts.has(address));
    const hosts = [...new Map(fresh.map((host) => [host.address, host])).values()];
    if (hosts.length > 0) {
      await this.load(reachedHostsText(hosts));
      probe.tell({ kind: 'hosts', hosts });
      for (const host of hosts) this.hosts.set(host.address, host);
    }
    this.order(probe, reached);
  }

  private order(probe: ProbeProcess, reached: readonly Reached[]): void {
    const checks = reached.map(({ check: { id, vip, question, healthy }, host: { from } }) => ({
      id,
      vip,
      from,
      question,
      healthy,
    }));
    if (checks.length > 0) probe.tell({ kind: 'check', checks });
  }

  /** Without those of hosts on no segment of the director, which get no packets either. */
  private reached(checks: Iterable<Check>, { segments }: Ground): readonly Reached[] {
    return [...checks].flatMap((check) => {
      const host = this.numbers.reach(check.address, segments);
      return host === undefined ? [] : [{ check, host }];
    });
  }

  private async begin(): Promise<ProbeProcess> {
    const probe = await ProbeProcess.start(this.tools.start, ({ turns }) => this.take(turns));
    try {
      await this.link(probe.pid);
    } catch (error) {
      await probe.end();
      throw error;
    }
    this.begunAt = performance.now();
    void probe.ended.then(() => this.lost(probe));
    return probe;
  }

  private async link(pid: number): Promise<void> {
    const { commands } = this.tools;
    // What an engine that was killed has left goes with its probe, a moment later.
    await commands.run(['ip', 'link', 'delete', OUTER_LINK], { exitCodes: [0, 1] });
    const peer = ['peer', 'name', INNER_LINK, 'address', INNER_MAC, 'netns', `${pid}`] as const;
    await commands.run(['ip', 'link', 'add', OUTER_LINK, 'type', 'veth', ...peer]);
    await commands.run(['ip', 'link', 'set', OUTER_LINK, 'addrgenmode', 'none', 'arp', 'off', 'up']);
  }

  /** Servers fell, or could not be asked, perhaps for want of the way: somebody may have taken rules or link away. */
  private async verify(): Promise<void> {
    if (this.probe === undefined) return;
    const link = await this.tools.commands.run(['ip', 'link', 'show', OUTER_LINK], { exitCodes: [0, 1] });
    if (link === '') throw new Error('the link to the probe is gone');
    const found = await this.list();
    if (found === '' || found !== this.listed) await this.lay();
  }

  private list(): Promise<string> {
    return this.tools.commands.run(['nft', '-t', 'list', 'table', ...TABLE_WORDS], { exitCodes: [0, 1] });
  }

  private async load(text: string): Promise<void> {
    if (text !== '') await this.tools.commands.run(['nft', '-f', '-'], { input: text });
  }

  private take(turns: readonly ProbeTurn[]): void {
    const known = turns.filter(({ id }) => this.checks.has(id));
    for (const { id, healthy } of known) {
      const check = this.checks.get(id);
      if (check !== undefined) this.checks.set(id, { ...check, healthy });
    }
    if (known.length === 0 || this.stopped) return;
    this.listener.onTurned(known);
    const doubtful = known.some(({ healthy, reason }) => healthy === false || reason === 'CouldNotAsk');
    if (doubtful) this.run(() => this.verify());
  }

  private lost(probe: ProbeProcess): void {
    if (this.probe !== probe || this.stopped) return;
    this.run(() => Promise.reject(new Error(`the probe ended: ${probe.lastWords}`)));
  }

  private async fail(error: unknown): Promise<void> {
    const { probe } = this;
    this.probe = undefined;
    await probe?.end();
    if (this.checks.size === 0) return;
    clearTimeout(this.retry);
    if (probe !== undefined) this.backoff.lived(performance.now() - this.begunAt);
    this.retry = setTimeout(() => this.run(() => this.lay()), this.backoff.next());
    this.tellTrouble(error instanceof Error ? error.message : String(error));
  }

  private tellTrouble(trouble: string | undefined): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.listener.onTrouble();
  }

  private async end(): Promise<void> {
    const { probe } = this;
    if (probe === undefined) return;
    this.probe = undefined;
    await probe.end();
    await this.tools.commands.run(['nft', 'delete', 'table', ...TABLE_WORDS], {
      exitCodes: [0, 1],
    });
  }
}

interface Reached {
  readonly check: Check;
  readonly host: NumberedHost;
}
