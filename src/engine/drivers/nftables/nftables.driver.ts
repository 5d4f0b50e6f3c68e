/**
 * The data plane in the Linux kernel's nf_tables. It decides which elements change, and changes no others: one
 * transaction for a batch of changes, whatever else is in the table. A document's own elements are worked out from
 * the document whenever they are needed, so nothing here grows with the table but the documents themselves.
 * It must never disturb what is right already: a restart finds its table and sends nothing.
 */
import { NFTABLES_CAPABILITIES } from '../../../contract/capabilities.js';
import type { Document, ServiceDocument } from '../../../contract/documents.js';
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { Logger } from '../../../platform/logger.js';
import type { TrafficQuestion, TrafficTold } from '../../../contract/questions.js';
import { NotAnswered } from '../../../link/not-answered.js';
import type { Ground } from '../../ground.js';
import {
  hasBody,
  type Applied,
  type ForwardingDriver,
  type Reconciled,
  type Refusals,
  type ServiceInForce,
  type ServiceTotals,
} from '../forwarding-driver.js';
import { ChainsInForce } from './chains-in-force.js';
import { loadTexts, repairs, stepOf, SWEEP } from './element-steps.js';
import { FixedPart } from './fixed-part.js';
import { FLOW_TIMEOUTS, type FlowTimeouts } from './flow-timeouts.js';
import { forwardedServers } from './forwarded-servers.js';
import { isRefusal } from './is-refusal.js';
import { KernelElements } from './kernel-elements.js';
import { filledMaps } from './layout.js';
import { Nft } from './nft.js';
import { ReadBack } from './read-back.js';
import { reconciled } from './reconciled.js';
import type { RulesetOptions } from './ruleset-text.js';
import { TrafficView } from './traffic-view.js';
import { TableDigest } from './table-digest.js';
import { transact, type Step } from './transactor.js';

export interface NftablesOptions {
  readonly commands: CommandRunner;
  readonly stateDir: string;
  readonly logger: Logger;
  readonly timeouts?: FlowTimeouts;
}

export class NftablesDriver implements ForwardingDriver {
  readonly name = 'nftables';
  readonly capabilities = NFTABLES_CAPABILITIES;

  private readonly nft: Nft;
  private readonly fixedPart: FixedPart;
  private readonly chains = new ChainsInForce();
  private readonly table = new TableDigest();
  private readonly traffic: TrafficView;
  private readonly logger: Logger;
  private readonly timeouts: FlowTimeouts;
  private documents = new Map<string, ServiceInForce>();
  private ground: Ground | undefined;
  /** Services whose slots somebody else changed: their digests vouch for nothing until they are brought again. */
  private readonly suspects = new Set<number>();
  private spared: ReadonlySet<number> = new Set();
  /** The last one; perhaps it is over. */
  private readBack: ReadBack | undefined;

  constructor({ commands, stateDir, logger, timeouts = FLOW_TIMEOUTS }: NftablesOptions) {
    this.nft = new Nft(commands);
    this.fixedPart = new FixedPart(this.nft, stateDir);
    this.traffic = new TrafficView(commands);
    this.logger = logger;
    this.timeouts = timeouts;
  }

  get inForce(): ReadonlyMap<string, ServiceInForce> {
    return this.documents;
  }

  get tableDigest(): string {
    return this.table.text;
  }

  version(): Promise<string> {
    return this.nft.version();
  }

  forwardedServers({ devices }: Ground): Promise<ReadonlySet<number>> {
    return forwardedServers(this.nft, devices);
  }

  async reconcile(
    documents: readonly ServiceInForce[],
    ground: Ground,
    spared: ReadonlySet<number>,
  ): Promise<Reconciled> {
    const former = this.documents;
    this.readBack?.abandon();
    this.spared = spared;
    this.chains.startOver([...documents, ...former.values()]);
    if (!(await this.fixedPart.inForce(this.ruleset(ground)))) await this.bringFixedPart(documents, ground);
    const first = await this.bringElements(documents, ground, { thorough: false, spared });
    if (first.size === 0) return reconciled(first);
    // Perhaps the kernel holds other slots than the digests say.
    const refused = await this.bringElements(documents, ground, { thorough: true, spared });
    if (refused.size === 0) return reconciled(refused);
    // Of a refused document its former version, or nothing; what an unknown one left behind must not half-work.
    const rest = documents.flatMap((each) => (refused.has(each.key) ? (former.get(each.key) ?? []) : [each]));
    const atLast = await this.bringElements(rest, ground, { thorough: true, spared });
    // The first refusal tells why the wanted version is not in force; of the sweep the last one counts.
    const refusals = new Map([...refused].filter(([key]) => key !== SWEEP));
    return reconciled(new Map([...atLast, ...refusals]));
  }

  async apply(changes: readonly Document<ServiceDocument>[]): Promise<Applied> {
    const { ground } = this;
    if (ground === undefined) throw new Error('nothing can be applied before the first reconcile');
    // What goes makes room for what comes, also in transactions of bounded size.
    const ordered = [...changes].sort((a, b) => Number(a.body !== null) - Number(b.body !== null));
    const next = new Map(ordered.map((change) => [change.key, change]));
    const refusals = new Map<string, string>();
    const bringChains = (names: readonly string[]) => this.fixedPart.addChains(names, this.ruleset(ground));
    if (!(await this.chains.bring(ordered, bringChains))) return this.lost(refusals);
    const steps = this.steps(next.values(), ground);
    for await (const { key, refusal, lost } of transact(this.nft, steps, { haltWhenLost: true })) {
      if (lost === true) return this.lost(refusals);
      if (refusal === undefined) this.accept(next.get(key));
      else refusals.set(key, refusal);
    }
    // Nothing shall be left then; entries would only wait for their time.
    if (this.documents.size === 0) await this.nft.forgetFlows();
    return { refusals, lost: false };
  }

  async answer(question: TrafficQuestion, signal: AbortSignal): Promise<TrafficTold> {
    const { ground } = this;
    const body = this.documents.get(question.service)?.body;
    if (ground === undefined || body === undefined) throw NotAnswered.notInForce();
    return this.traffic.answer(question, { body, ground }, signal);
  }

  totals(): Promise<ServiceTotals> {
    return this.traffic.totals([...this.documents.values()], this.ground?.devices ?? []);
  }

  async isIntact(): Promise<boolean> {
    return this.ground !== undefined && (await this.fixedPart.inForce(this.ruleset(this.ground)));
  }

  suspect(maps: Iterable<string>, services: Iterable<number>): readonly string[] {
    for (const number of services) this.suspects.add(number);
    const own = new Set<string>(filledMaps(this.ground?.devices ?? []));
    return [...maps].filter((map) => own.has(map));
  }

  /** Whether the engine itself ran the process that changed the kernel's tables. */
  isOwn(pid: number): boolean {
    return this.nft.isOwn(pid);
  }

  private lost(refusals: Refusals): Applied {
    this.logger.warn('the kernel lost what we put there');
    return { refusals, lost: true };
  }

  private ruleset(ground: Ground): RulesetOptions {
    const { timeouts, chains } = this;
    return { seed: ground.seed, devices: ground.devices, timeouts, onDemand: chains.names };
  }

  openReadBack(): ReadBack | undefined {
    const { ground, nft, spared } = this;
    if (ground === undefined) return undefined;
    return (this.readBack = new ReadBack(nft, () => ({
      documents: this.documents.values(),
      ground,
      spared,
    })));
  }

  private *steps(changes: Iterable<Document<ServiceDocument>>, ground: Ground): Iterable<Step> {
    for (const change of changes) {
      const step = stepOf(change, this.documents.get(change.key), ground, this.table);
      this.readBack?.touch(step);
      yield step;
    }
  }

  private accept(change: Document<ServiceDocument> | undefined): void {
    if (change === undefined) return;
    this.table.accept(change.key);
    if (hasBody(change)) this.documents.set(change.key, change);
    else this.documents.delete(change.key);
  }

  private async bringFixedPart(documents: readonly ServiceInForce[], ground: Ground): Promise<void> {
    this.logger.info({ devices: ground.devices }, 'loading the rules');
    try {
      await this.fixedPart.bring(this.ruleset(ground));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.logger.warn(
        { error: error.message },
        'the table in the kernel cannot be brought over, replacing it',
      );
      await this.replace(documents, ground);
    }
  }

  /**
   * With the first transaction's worth of services, so that most tables are never without; the rest follows as
   * elements do. One transaction for all would take a gigabyte of memory in nft for ten thousand services.
   */
  private async replace(documents: readonly ServiceInForce[], ground: Ground): Promise<void> {
    try {
      await this.fixedPart.replace(this.ruleset(ground), loadTexts(documents, ground));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // One of the documents cannot be loaded; nft names it when they are brought.
      await this.fixedPart.replace(this.ruleset(ground), []);
    }
  }

  private async bringElements(
    documents: readonly ServiceInForce[],
    ground: Ground,
    { thorough, spared }: { readonly thorough: boolean; readonly spared: ReadonlySet<number> },
  ): Promise<Refusals> {
    const kernel = await KernelElements.read(this.nft, ground.devices, thorough);
    const wanted = new Map(documents.map((document) => [document.key, document]));
    this.documents = new Map();
    this.table.startOver();
    this.ground = ground;
    const refused = new Map<string, string>();
    kernel.distrust(this.suspects);
    const steps = repairs(wanted.values(), ground, kernel, { spared, table: this.table });
    for await (const { key, refusal } of transact(this.nft, steps, { haltWhenLost: !thorough })) {
      if (refusal === undefined) this.accept(wanted.get(key));
      else refused.set(key, refusal);
    }
    if (refused.size === 0) this.suspects.clear();
    return refused;
  }
}
