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
import type { Ground } from '../../../forwarding/ground.js';
import {
  type Applied,
  type ForwardingDriver,
  type Reconciled,
  type ServiceInForce,
  type ServiceTotals,
  type Touched,
} from '../forwarding-driver.js';
import { ChainsInForce } from './chains-in-force.js';
import { changesBetween } from './changes-between.js';
import { Doubts, type InDoubt } from './doubts.js';
import { ElementsInForce, type Wanted } from './elements-in-force.js';
import { loadTexts, SWEEP } from './element-steps.js';
import { FixedPart } from './fixed-part.js';
import { FLOW_TIMEOUTS, type FlowTimeouts } from '../../../forwarding/flow-timeouts.js';
import { forwardedServers } from './forwarded-servers.js';
import { isRefusal } from './is-refusal.js';
import { isStraight } from './kernel-elements.js';
import { filledMaps } from '../../../forwarding/layout.js';
import { Nft } from './nft.js';
import { reconciled } from './reconciled.js';
import type { RulesetOptions } from '../../../forwarding/ruleset-text.js';
import { inOrder } from '../../../forwarding/step-of.js';
import { SlotReader } from './slot-reader.js';
import { TrafficView } from './traffic-view.js';

export interface NftablesOptions {
  readonly commands: CommandRunner;
  readonly stateDir: string;
  readonly logger: Logger;
  readonly timeouts?: FlowTimeouts;
}

const LOST: Applied = { refusals: new Map(), lost: true };

export class NftablesDriver implements ForwardingDriver {
  readonly name = 'nftables';
  readonly capabilities = NFTABLES_CAPABILITIES;

  private readonly nft: Nft;
  private readonly fixedPart: FixedPart;
  private readonly chains = new ChainsInForce();
  private readonly traffic: TrafficView;
  private readonly logger: Logger;
  private readonly timeouts: FlowTimeouts;
  private readonly doubts = new Doubts();
  private readonly elements: ElementsInForce;

  constructor({ commands, stateDir, logger, timeouts = FLOW_TIMEOUTS }: NftablesOptions) {
    this.nft = new Nft(commands);
    this.fixedPart = new FixedPart(this.nft, stateDir);
    this.elements = new ElementsInForce({ nft: this.nft, slots: new SlotReader(commands, this.nft) });
    this.traffic = new TrafficView(commands);
    this.logger = logger;
    this.timeouts = timeouts;
  }

  get inForce(): ReadonlyMap<string, ServiceInForce> {
    return this.elements.documents;
  }

  get tableDigest(): string {
    return this.elements.tableDigest;
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
    this.elements.abandonReadBack();
    const wanted = { documents, ground, spared };
    const doubts = this.doubts.take();
    const done = (await this.bringDoubtful(wanted, doubts)) ?? (await this.bringAll(wanted, doubts));
    this.doubts.dispel();
    return done;
  }

  async apply(changes: readonly Document<ServiceDocument>[]): Promise<Applied> {
    this.doubts.begin();
    const applied = await this.bringChanges(changes);
    if (!applied.lost) this.doubts.settle();
    return applied;
  }

  async answer(question: TrafficQuestion, signal: AbortSignal): Promise<TrafficTold> {
    const { ground } = this.elements;
    const body = this.inForce.get(question.service)?.body;
    if (ground === undefined || body === undefined) throw NotAnswered.notInForce();
    return this.traffic.answer(question, { body, ground }, signal);
  }

  totals(): Promise<ServiceTotals> {
    return this.traffic.totals([...this.inForce.values()], this.elements.ground?.devices ?? []);
  }

  async isIntact(): Promise<boolean> {
    const { ground } = this.elements;
    return ground !== undefined && (await this.fixedPart.inForce(this.ruleset(ground)));
  }

  suspect(touched: Touched): readonly string[] {
    const names = new Set(touched.maps);
    const own = filledMaps(this.elements.ground?.devices ?? []).filter((map) => names.has(map));
    this.doubts.add(own, touched);
    return own;
  }

  suspectAll(): void {
    this.doubts.addAll();
  }

  /** Whether the engine itself ran the process that changed the kernel's tables. */
  isOwn(pid: number): boolean {
    return this.nft.isOwn(pid);
  }

  /** Has each such process told, before it changes anything. */
  onOwn(listener: (pid: number) => void): void {
    this.nft.onOwn = listener;
  }

  openReadBack(): { deviatingMaps(): Promise<readonly string[]> } | undefined {
    return this.elements.openReadBack();
  }

  private ruleset(ground: Ground): RulesetOptions {
    const { timeouts, chains } = this;
    return { seed: ground.seed, devices: ground.devices, timeouts, onDemand: chains.names };
  }

  private async bringRules(documents: readonly ServiceInForce[], ground: Ground): Promise<void> {
    const needing = [...documents, ...this.inForce.values()];
    this.chains.takeOver(await this.fixedPart.loadedOnDemand(), needing);
    const right = await this.fixedPart.inForce(this.ruleset(ground));
    if (right && (await this.bringChains(needing, ground))) return;
    this.chains.startOver(needing);
    await this.bringFixedPart(documents, ground);
  }

  /**
   * The table with the first transaction's worth of services, should it have to be replaced, so that most tables are never
   * without; the rest follows as elements do. One transaction for all would take a gigabyte of memory in nft for ten
   * thousand services.
   */
  private async bringFixedPart(documents: readonly ServiceInForce[], ground: Ground): Promise<void> {
    this.logger.info({ devices: ground.devices }, 'loading the rules');
    await this.fixedPart.bringOrReplace(
      this.ruleset(ground),
      () => loadTexts(documents, ground),
      (error) => this.logger.warn({ error }, 'the table in the kernel cannot be brought over, replacing it'),
    );
  }

  /**
   * What somebody touched, and what else is wanted now, where all the rest is as it was left. Undefined: nobody can tell that
   * it is.
   */
  private async bringDoubtful(wanted: Wanted, doubts: InDoubt): Promise<Reconciled | undefined> {
    if (doubts.all || !this.elements.standsOn(wanted)) return undefined;
    const { documents, ground } = wanted;
    try {
      const isRight = await this.fixedPart.inForce(this.ruleset(ground));
      if (!isRight && !doubts.rules) return undefined;
      if (!isRight) await this.fixedPart.bring(this.ruleset(ground));
      if (!(await this.elements.mend(doubts))) return undefined;
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
    const { refusals, lost } = await this.bringChanges(changesBetween(this.inForce, documents));
    return lost ? undefined : { refusals, leftover: undefined };
  }

  private async bringChanges(changes: readonly Document<ServiceDocument>[]): Promise<Applied> {
    const { ground } = this.elements;
    if (ground === undefined) throw new Error('nothing can be applied before the first reconcile');
    const ordered = inOrder(changes);
    const chained = await this.bringChains(ordered, ground);
    const next = new Map(ordered.map((change) => [change.key, change]));
    const applied = chained ? await this.elements.change(next, ground) : LOST;
    if (applied.lost) this.logger.warn('the kernel lost what we put there');
    // Nothing shall be left then; entries would only wait for their time.
    else if (this.inForce.size === 0) await this.nft.forgetFlows();
    return applied;
  }

  private bringChains(documents: readonly Document<ServiceDocument>[], ground: Ground): Promise<boolean> {
    const load = (names: readonly string[]) => this.fixedPart.addChains(names, this.ruleset(ground));
    return this.chains.bring(documents, load);
  }

  /** Everything, from whatever is there. */
  private async bringAll(wanted: Wanted, { maps }: InDoubt): Promise<Reconciled> {
    const { documents, ground } = wanted;
    const former = this.inForce;
    await this.bringRules(documents, ground);
    // No digest vouches for slots that somebody touched.
    const touched = [...maps].some((map) => map === 'slots' || isStraight(map));
    const first = await this.elements.bring(wanted, touched ? 'all' : 'few');
    if (first.size === 0) return reconciled(first);
    // Perhaps the kernel holds other slots than the digests say.
    const refused = await this.elements.bring(wanted, 'all');
    if (refused.size === 0) return reconciled(refused);
    // Of a refused document its former version, or nothing; what an unknown one left behind must not half-work.
    const rest = documents.flatMap((each) => (refused.has(each.key) ? (former.get(each.key) ?? []) : [each]));
    const atLast = await this.elements.bring({ ...wanted, documents: rest }, 'all');
    // The first refusal tells why the wanted version is not in force; of the sweep the last one counts.
    const refusals = new Map([...refused].filter(([key]) => key !== SWEEP));
    return reconciled(new Map([...atLast, ...refusals]));
  }
}
