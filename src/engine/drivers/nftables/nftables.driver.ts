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
  type Refusals,
  type ServiceInForce,
  type ServiceTotals,
  type Touched,
} from '../forwarding-driver.js';
import { changesBetween } from './changes-between.js';
import { Doubts, type InDoubt } from './doubts.js';
import { ElementsInForce, type Wanted } from './elements-in-force.js';
import { SWEEP } from './element-steps.js';
import { FLOW_TIMEOUTS, type FlowTimeouts } from '../../../forwarding/flow-timeouts.js';
import { forwardedServers } from './forwarded-servers.js';
import { isRefusal } from './is-refusal.js';
import { isStraight } from './kernel-elements.js';
import { filledMaps } from '../../../forwarding/layout.js';
import { Nft } from './nft.js';
import { reconciled } from './reconciled.js';
import { inOrder } from '../../../forwarding/step-of.js';
import { SlotReader } from './slot-reader.js';
import { TableRules } from './table-rules.js';
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
  private readonly rules: TableRules;
  private readonly traffic: TrafficView;
  private readonly logger: Logger;
  private readonly doubts = new Doubts();
  private readonly elements: ElementsInForce;

  constructor({ commands, stateDir, logger, timeouts = FLOW_TIMEOUTS }: NftablesOptions) {
    this.nft = new Nft(commands);
    this.rules = new TableRules({ nft: this.nft, stateDir, logger, timeouts });
    this.elements = new ElementsInForce({ nft: this.nft, slots: new SlotReader(commands, this.nft) });
    this.traffic = new TrafficView(commands);
    this.logger = logger;
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
    return ground !== undefined && (await this.rules.isIntact(ground));
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

  /**
   * What somebody touched, and what else is wanted now, where all the rest is as it was left. Undefined: nobody can tell that
   * it is.
   */
  private async bringDoubtful(wanted: Wanted, doubts: InDoubt): Promise<Reconciled | undefined> {
    if (doubts.all || !this.elements.standsOn(wanted)) return undefined;
    const { documents, ground } = wanted;
    try {
      const isRight = await this.rules.isIntact(ground);
      if (!isRight && !doubts.rules) return undefined;
      if (!isRight) await this.rules.mend(ground);
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
    const chainless = await this.rules.bringFor(ordered, ground);
    const applied = chainless === 'lost' ? LOST : await this.bringElements(ordered, chainless, ground);
    if (applied.lost) this.logger.warn('the kernel lost what we put there');
    // Nothing shall be left then; entries would only wait for their time.
    else if (this.inForce.size === 0) await this.nft.forgetFlows();
    return applied;
  }

  /** Of all but those that cannot have their chains. */
  private async bringElements(
    changes: readonly Document<ServiceDocument>[],
    chainless: Refusals,
    ground: Ground,
  ): Promise<Applied> {
    const possible = changes.filter(({ key }) => !chainless.has(key));
    const next = new Map(possible.map((change) => [change.key, change]));
    const { refusals, lost } = await this.elements.change(next, ground);
    return { refusals: new Map([...refusals, ...chainless]), lost };
  }

  /** Everything, from whatever is there. */
  private async bringAll(wanted: Wanted, { maps }: InDoubt): Promise<Reconciled> {
    const { ground } = wanted;
    const before = this.inForce;
    const { refusals: chainless, isNew } = await this.rules.bring(
      wanted.documents,
      [...before.values()],
      ground,
    );
    const former = new Map([...before].filter(([, each]) => this.rules.carry(each)));
    // Of a refused document its former version, or nothing; what an unknown one left behind must not half-work.
    const without = (refused: Refusals, some: readonly ServiceInForce[]) =>
      some.flatMap((each) => (refused.has(each.key) ? (former.get(each.key) ?? []) : [each]));
    const documents = without(chainless, wanted.documents);
    // No digest vouches for slots that somebody touched.
    const touched = [...maps].some((map) => map === 'slots' || isStraight(map));
    const first = isNew
      ? await this.elements.bringFirst({ ...wanted, documents })
      : await this.elements.bring({ ...wanted, documents }, touched ? 'all' : 'few');
    if (first.size === 0) return reconciled(chainless);
    // Perhaps the kernel holds other slots than the digests say.
    const refused = await this.elements.bring({ ...wanted, documents }, 'all');
    if (refused.size === 0) return reconciled(chainless);
    const rest = without(refused, documents);
    const atLast = await this.elements.bring({ ...wanted, documents: rest }, 'all');
    // The first refusal tells why the wanted version is not in force; of the sweep the last one counts.
    const refusals = [...refused].filter(([key]) => key !== SWEEP);
    return reconciled(new Map([...atLast, ...refusals, ...chainless]));
  }
}
