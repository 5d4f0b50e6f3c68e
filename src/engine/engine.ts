/**
 * A director's work: brings table and VIPs of this host in line with the documents, and says what is in force.
 * Order: a VIP that leaves goes before its elements do, and one that comes is taken when its elements are there.
 * Where anything fails half-way, nothing is taken for granted: the next step reads the host and brings all of it.
 * It must never do work in proportion to all services for a change of one.
 */
import type { Document, ServiceDocument } from '../contract/documents.js';
import type { Question, Told } from '../contract/questions.js';
import type { Fault } from '../contract/report.js';
import type { Besides, Change, DirectorPart, NodeWork } from '../link/node-work.js';
import { reportedHost } from '../link/reported-host.js';
import { hasBody, type Refusals, type ServiceInForce } from './drivers/forwarding-driver.js';
import type { EngineOptions } from './engine-options.js';
import { faultsOf } from './faults.js';
import { Footing } from './footing.js';
import { forwardedPart } from '../forwarding/forwarded-part.js';
import { DirectorHealth } from './health/director-health.js';
import { OUTER_LINK } from './health/probe-table-text.js';
import { NO_LOSS } from './losses.js';
import { Ipv6Takeover } from './network/ipv6-takeover.js';
import { isOwnAddress } from '../forwarding/own-address.js';
import { SegmentVoice } from './segment-voice.js';
import { Settling } from './settling.js';
import { sparedBy, strangeFaults } from './strange-services.js';
import type { Survey } from './network/survey.js';
import { VipAddresses } from './network/vip-addresses.js';
import { Caretaker } from './repair/caretaker.js';
import { deviationsIn, lostDeviation } from './repair/deviations.js';
import { Turns } from './turns.js';
import { Vips } from './vips.js';

export class Engine implements NodeWork<ServiceDocument> {
  readonly role = 'director';
  readonly answer = (question: Question, signal: AbortSignal): Promise<Told> =>
    question.kind === 'owners'
      ? this.voice.owners(this.vipOf(question.service))
      : this.options.driver.answer(question, signal);

  private readonly voice: SegmentVoice;
  private readonly settling: Settling;
  private readonly ipv6: Ipv6Takeover;
  private readonly vips: Vips;
  private readonly footing: Footing;
  private readonly health: DirectorHealth;
  private readonly caretaker: Caretaker;
  private readonly turns = new Turns();
  /** All that was asked for, by key: also what was refused. */
  private wanted = new Map<string, ServiceInForce>();
  /** Documents that nobody here ever understood, by key; what they left in the kernel stays, and only it knows what. */
  private strange = new Map<string, Document>();
  private listener: () => void = () => undefined;
  private lossListener: () => void = () => undefined;

  constructor(private readonly options: EngineOptions) {
    const { commands, stateDir } = options;
    this.ipv6 = new Ipv6Takeover(commands, stateDir);
    const onSettled = (settled: readonly string[]) => this.settling.settle(settled);
    const onStranger = (vip: string, who: string) => this.caretaker.gainsaid(vip, who);
    this.voice = new SegmentVoice(options, () => this.listener(), onSettled, onStranger);
    this.health = new DirectorHealth(options, {
      onTurned: () => void this.turns.take(() => this.bringTurned()).catch(() => this.lossListener()),
      onNews: () => this.listener(),
    });
    this.vips = new Vips(new VipAddresses(commands), this.ipv6, this.voice);
    this.footing = new Footing(options, this.turns, this.vips);
    const { turns, vips, footing } = this;
    const bringAll = () => this.lossListener();
    this.settling = new Settling(turns, vips, () => this.wanted, bringAll);
    this.caretaker = new Caretaker({ driver: options.driver, turns, vips, footing, bringAll }, options);
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  onDue(listener: (keys: readonly string[]) => Promise<void>): void {
    this.settling.onDue = listener;
  }

  onLost(listener: () => void): void {
    this.lossListener = listener;
  }

  reconcile(
    documents: ReadonlyMap<string, Document<ServiceDocument>>,
    seed: number,
    { strange = [] }: Partial<Besides> = {},
  ): Promise<readonly Fault[]> {
    this.voice.follow(documents);
    return this.turns.take(async () => {
      this.strange = new Map(strange.map((each) => [each.key, each]));
      const forwarded = [...documents.values()].map(forwardedPart).filter(hasBody);
      this.wanted = new Map(forwarded.map((each) => [each.key, each]));
      return this.bringAll(seed);
    });
  }

  apply(changes: readonly Change<ServiceDocument>[], seed: number): Promise<readonly Fault[]> {
    this.voice.followChanged(changes.map(({ after }) => after));
    const documents = changes.map(({ after }) => forwardedPart(after));
    return this.turns.take(async () => {
      this.health.watch(documents);
      for (const document of documents) this.want(document);
      const known = documents.map(({ key }) => this.strange.delete(key)).includes(true);
      return known || (await this.footing.hasMoved(documents, seed))
        ? this.bringAll(seed)
        : this.bring(documents, seed);
    });
  }

  async describe(complete = true): Promise<DirectorPart> {
    const { driver } = this.options;
    // A document is told to be in force with its VIP here, or with why it is not.
    await this.voice.settled();
    const { interfaces, routes } = await this.footing.reading(() => this.mend());
    const links = interfaces.filter(({ name }) => name !== OUTER_LINK);
    return {
      role: this.role,
      host: reportedHost(links, routes.gateways, isOwnAddress),
      engine: { driver: driver.name, version: await driver.version(), tableDigest: driver.tableDigest },
      capabilities: { ...driver.capabilities, healthChecks: await this.health.kinds() },
      conditions: [
        ...this.vips.conditions(this.footing.losses),
        ...this.caretaker.conditions(),
        this.voice.condition(),
        ...this.health.conditions(),
      ],
      drift: this.caretaker.describe(),
      ...this.voice.facts(),
      complete,
      health: this.health.facts(complete),
    };
  }

  acknowledged(): void {
    this.health.acknowledged();
  }

  healthOf(server: number): boolean | null {
    return this.health.healthOf(server);
  }

  /** Ends what goes on in the background. What is in force stays. */
  async stop(): Promise<void> {
    await this.caretaker.stop();
    const parts = [this.voice, this.health];
    await this.turns.take(() => Promise.all(parts.map((part) => part.stop())));
  }

  private want(document: Document<ServiceDocument>): void {
    if (hasBody(document)) this.wanted.set(document.key, document);
    else this.wanted.delete(document.key);
  }

  /** Everything that is wanted, from whatever the host is in. */
  private async bringAll(seed: number): Promise<readonly Fault[]> {
    this.footing.place = undefined;
    this.health.watchOnly(this.wanted);
    this.caretaker.begin();
    const wanted = [...this.wanted.values()];
    const place = await this.footing.survey(seed);
    this.voice.standOn(place);
    const spared = sparedBy(this.strange.values());
    const intended = new Set(wanted.map(({ body }) => body.address));
    await this.vips.startOver(intended, spared.vips, place.vipDevice);
    const { driver } = this.options;
    await this.health.adopt(place.ground);
    const effective = this.health.effective(wanted);
    const { refusals, leftover } = await driver.reconcile(effective, place.ground, spared.numbers);
    this.health.settle();
    await this.vips.takeAll([...driver.inForce.values()].map(({ body }) => body.address));
    if (leftover !== undefined) throw new Error(`what no service wants could not be removed: ${leftover}`);
    this.footing.settle(place);
    this.health.standOn(place.ground);
    this.caretaker.mended();
    return [...this.faults(wanted, refusals, place), ...strangeFaults(this.strange.values())];
  }

  private async bring(
    documents: readonly Document<ServiceDocument>[],
    seed: number,
  ): Promise<readonly Fault[]> {
    const { place } = this.footing;
    if (place === undefined) return this.bringAll(seed);
    // Whatever throws below leaves it undefined.
    this.footing.place = undefined;
    const before = new Map(documents.map(({ key }) => [key, this.vipOf(key)]));
    await this.vips.release(documents.map(({ key, body }) => ({ from: before.get(key), to: body?.address })));
    const { refusals, lost } = await this.options.driver.apply(this.health.effective(documents));
    if (lost) {
      this.caretaker.note([lostDeviation]);
      return this.bringAll(seed);
    }
    this.health.settle();
    await this.vips.take(documents.map(({ key }) => ({ from: before.get(key), to: this.vipOf(key) })));
    this.footing.place = place;
    return this.faults(documents, refusals, place);
  }

  /** Other servers of the same services, by their health. The VIPs stay where they are. */
  private async bringTurned(): Promise<void> {
    const { place } = this.footing;
    const due = this.health.takeDue();
    if (place === undefined || due.length === 0) return;
    this.footing.place = undefined;
    const { refusals, lost } = await this.options.driver.apply(due);
    if (lost || refusals.size > 0) throw new Error('servers that turned could not be brought in line');
    this.footing.place = place;
  }

  private faults(
    documents: readonly Document<ServiceDocument>[],
    refusals: Refusals,
    { ground }: Survey,
  ): readonly Fault[] {
    const { inForce } = this.options.driver;
    return faultsOf(documents, { refusals, inForce, ground, ...this.vips.holding });
  }

  private vipOf(key: string): string | undefined {
    return this.options.driver.inForce.get(key)?.body.address;
  }

  /** After a look at the host for a report. */
  private mend(): void {
    const { place, losses } = this.footing;
    if (place !== undefined) this.caretaker.found(deviationsIn(losses, place));
    else if (losses !== NO_LOSS) this.lossListener();
  }
}
