/**
 * Puts the parts together by which a director knows the health of its servers, and is all that the engine sees of them.
 * What it cannot do on this host it says, before anybody counts on it.
 */
import type { Capabilities } from '../../contract/capabilities.js';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import type { HealthFact, ReportedCondition } from '../../contract/report.js';
import { startProgram, type CommandRunner } from '../../platform/command-runner.js';
import type { EngineOptions } from '../engine-options.js';
import { hasBody, type ForwardingDriver, type ServiceInForce } from '../drivers/forwarding-driver.js';
import type { Ground } from '../../forwarding/ground.js';
import { Health } from './health.js';
import { healthChecksAvailable } from './health-conditions.js';
import { OwnAnswers } from './own-answers.js';
import { namespaceText } from './probe/namespace-text.js';
import { ProbeNamespace } from './probe-namespace.js';
import { probeTableText } from './probe-table-text.js';

const KINDS: Capabilities['healthChecks'] = ['none', 'tcp', 'http', 'https', 'udp'];
/** How long a refusal of the host is believed. */
const RETRY_TRIAL_MS = 60_000;

type HealthTools = Pick<EngineOptions, 'driver' | 'commands' | 'startProgram'>;

export interface DirectorHealthListener {
  /** Other servers than before may have to be in force. */
  readonly onTurned: () => void;
  /** There is something new to report. */
  readonly onNews: () => void;
}

export class DirectorHealth {
  private readonly health: Health;
  private readonly own: OwnAnswers;
  private isFresh = true;
  /** What the host said when it was tried whether it lets servers be checked; undefined: it does. */
  private trial: { readonly refusal: string | undefined; readonly at: number } | undefined;

  private readonly driver: ForwardingDriver;
  private readonly commands: CommandRunner;

  constructor({ driver, commands, startProgram: start }: HealthTools, listener: DirectorHealthListener) {
    this.driver = driver;
    this.commands = commands;
    const prober = new ProbeNamespace(
      { commands, start: start ?? startProgram },
      {
        onTurned: (turns) => this.health.take(turns),
        onTrouble: () => this.health.troubleChanged(),
      },
    );
    this.health = new Health(prober, { ...listener, onFallen: (fallen) => this.own.ask(fallen) });
    this.own = new OwnAnswers(commands, (ids) => this.health.answeredElsewhere(ids));
  }

  watchOnly(documents: ReadonlyMap<string, ServiceInForce>): void {
    this.health.watchOnly(documents, this.inForce);
  }

  watch(documents: readonly Document<ServiceDocument>[]): void {
    this.health.watch(documents, this.inForce);
  }

  /** The driver has taken the documents, or refused them. */
  settle(): void {
    this.health.settle(this.driver.inForce);
  }

  /** Before the first table of this process: what an earlier one forwarded to goes on. */
  async adopt(ground: Ground): Promise<void> {
    if (!this.isFresh || !this.health.watching) return;
    this.health.adopt(await this.driver.forwardedServers(ground));
    this.isFresh = false;
  }

  /** The table is there: servers are asked from now on. */
  standOn(ground: Ground): void {
    this.isFresh = false;
    this.health.standOn(ground);
  }

  /** What of the documents shall be in force now. */
  effective(documents: readonly ServiceInForce[]): readonly ServiceInForce[];
  effective(documents: readonly Document<ServiceDocument>[]): readonly Document<ServiceDocument>[];
  effective(documents: readonly Document<ServiceDocument>[]): readonly Document<ServiceDocument>[] {
    return documents.map((each) => (hasBody(each) ? this.health.effective(each) : each));
  }

  /** The documents of which other servers are to be in force, since the last call. */
  takeDue(): readonly ServiceInForce[] {
    return this.health.takeDue(this.driver.inForce);
  }

  /** Of a real server; null: not known. */
  healthOf(number: number): boolean | null {
    return this.health.book.healthOf(number);
  }

  facts(complete: boolean): readonly HealthFact[] {
    return this.health.book.describe(complete);
  }

  acknowledged(): void {
    this.health.book.acknowledged();
  }

  conditions(): readonly ReportedCondition[] {
    const refusal = this.trial?.refusal;
    if (!this.health.watching && refusal !== undefined) return [healthChecksAvailable(refusal)];
    return this.health.conditions();
  }

  /** The checks that this host lets be done: tried once, in a namespace that goes again at once. */
  async kinds(): Promise<Capabilities['healthChecks']> {
    const now = performance.now();
    const isDue = this.trial?.refusal !== undefined && this.trial.at < now - RETRY_TRIAL_MS;
    if (this.trial === undefined || isDue) this.trial = { refusal: await this.refusal(), at: now };
    return this.trial.refusal === undefined ? KINDS : ['none'];
  }

  async stop(): Promise<void> {
    await Promise.all([this.health.stop(), this.own.stop()]);
  }

  private async refusal(): Promise<string | undefined> {
    const input = `${namespaceText([], [], 'lo')}\n${probeTableText(['lo'], [], 'lo')}`;
    try {
      await this.commands.run(['unshare', '--net', '--', 'nft', '-f', '-'], { input });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private readonly inForce = (key: string) => this.driver.inForce.get(key)?.body.servers;
}
