/**
 * Checks servers from a network namespace of its own, which needs nothing of the operator: a link leads from the director
 * into it, the director's rules send what comes by this link to the real server that is meant, and back into it what
 * answers from a VIP. Only from outside can the director ask for its own VIPs, and only like this it asks one server.
 * What the kernel is told grows with the hosts, not with the checks. It must never touch the table that forwards.
 */
import { Backoff } from '../../platform/backoff.js';
import type { CommandRunner, ProgramStarter } from '../../platform/command-runner.js';
import type { Ground } from '../../forwarding/ground.js';
import { Turns } from '../turns.js';
import { HostNumbers, type NumberedHost } from './host-numbers.js';
import { layProbeLink } from './lay-probe-link.js';
import type { ProbeTurn } from './probe/probe-messages.js';
import { ProbeProcess } from './probe-process.js';
import { ProbeTable } from './probe-table.js';
import type { Check, Prober, ProberListener } from './prober.js';

/** Checks; each is a few hundred bytes for the probe to read, some kilobytes at most. */
const AT_ONCE = 1_000;
const OUT_OF_REACH = {
  reason: 'Unreachable',
  message: 'No interface of this director is on a segment with it.',
} as const;

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
  private readonly table: ProbeTable;
  private probe: ProbeProcess | undefined;
  private begunAt = 0;
  private readonly backoff = new Backoff();
  private retry: NodeJS.Timeout | undefined;
  /** Whether the way is still there will be looked at soon. */
  private isDoubted = false;
  private stopped = false;

  constructor(
    private readonly tools: ProbeTools,
    private readonly listener: ProberListener,
  ) {
    this.table = new ProbeTable(tools.commands);
  }

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
      if (this.checks.size === 0) await this.rest();
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
    await this.table.lay(ground.devices, hosts);
    const { sources } = this.numbers;
    await probe.lay({ kind: 'network', sources, hosts });
    this.hosts = new Map(hosts.map((host) => [host.address, host]));
    await this.order(probe, reached);
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
      await this.table.add(hosts);
      await probe.lay({ kind: 'hosts', hosts });
      for (const host of hosts) this.hosts.set(host.address, host);
    }
    await this.order(probe, reached);
  }

  /** Piece by piece, each when the one before was taken: what a pipe cannot hold would be lost. */
  private async order(probe: ProbeProcess, reached: readonly Reached[]): Promise<void> {
    const checks = reached.map(({ check: { id, vip, question, healthy }, host: { from } }) => ({
      id,
      vip,
      from,
      question,
      healthy,
    }));
    for (let first = 0; first < checks.length; first += AT_ONCE) {
      const piece = checks.slice(first, first + AT_ONCE);
      await probe.ask({ kind: 'check', checks: piece, together: checks.length }, 'taken');
    }
  }

  /** Hosts on no segment of the director get no packets, and no questions: they count as failing, so that backups join. */
  private reached(checks: Iterable<Check>, { segments }: Ground): readonly Reached[] {
    const unreached: ProbeTurn[] = [];
    const reached = [...checks].flatMap((check) => {
      const host = this.numbers.reach(check.address, segments);
      if (host !== undefined) return [{ check, host }];
      unreached.push({ id: check.id, healthy: false, ...OUT_OF_REACH });
      return [];
    });
    if (unreached.length > 0) {
      // Or it would go on where it was, and tell nothing when they answer again.
      this.probe?.tell({ kind: 'forget', ids: unreached.map(({ id }) => id) });
      this.note(unreached);
    }
    return reached;
  }

  private async begin(): Promise<ProbeProcess> {
    const probe = await ProbeProcess.start(this.tools.start, ({ turns }) => this.take(turns));
    try {
      await layProbeLink(this.tools.commands, probe.pid);
    } catch (error) {
      await probe.end();
      throw error;
    }
    this.begunAt = performance.now();
    void probe.ended.then(() => this.lost(probe));
    return probe;
  }

  /** Servers fell, or could not be asked, perhaps for want of the way: somebody may have taken rules or link away. */
  private async verify(): Promise<void> {
    if (this.probe === undefined) return;
    if (!(await this.table.isWhole())) await this.lay();
  }

  private take(turns: readonly ProbeTurn[]): void {
    const known = this.note(turns);
    const doubtful = known.some(({ healthy, reason }) => healthy === false || reason === 'CouldNotAsk');
    // Thousands may turn one by one; the next look is for all of them.
    if (!doubtful || this.isDoubted) return;
    this.isDoubted = true;
    this.run(() => {
      this.isDoubted = false;
      return this.verify();
    });
  }

  /** Of these the ones that are asked for still. */
  private note(turns: readonly ProbeTurn[]): readonly ProbeTurn[] {
    const known = turns.filter(({ id }) => this.checks.has(id));
    for (const { id, healthy } of known) {
      const check = this.checks.get(id);
      if (check !== undefined) this.checks.set(id, { ...check, healthy });
    }
    if (known.length > 0 && !this.stopped) this.listener.onTurned(known);
    return known;
  }

  private lost(probe: ProbeProcess): void {
    this.run(async () => {
      // Somebody else may have found out first, and begun another.
      if (this.probe === probe) throw new Error(`the probe ended: ${probe.lastWords}`);
    });
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

  /** Nothing is to be asked: no trouble of now shall count for who comes next. */
  private async rest(): Promise<void> {
    clearTimeout(this.retry);
    this.retry = undefined;
    await this.end();
  }

  private async end(): Promise<void> {
    const { probe } = this;
    if (probe === undefined) return;
    this.probe = undefined;
    await probe.end();
    await this.table.remove();
  }
}

interface Reached {
  readonly check: Check;
  readonly host: NumberedHost;
}
