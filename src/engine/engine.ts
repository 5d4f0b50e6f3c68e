/**
 * A director's work: brings table and VIPs of this host in line with the documents, and says what is in force.
 * Order: a VIP that leaves goes before its elements do, and one that comes is taken when its elements are there.
 * Where anything fails half-way, nothing is taken for granted: the next step reads the host and brings all of it.
 * It must never do work in proportion to all services for a change of one.
 */
import type { Document, ServiceDocument } from '../contract/documents.js';
import type { Question, Told } from '../contract/questions.js';
import { REPORT_INTERVAL_MS, type Fault } from '../contract/report.js';
import { loadIdentity } from '../link/node-identity.js';
import type { Besides, Change, DirectorPart, NodeWork } from '../link/node-work.js';
import { reportedHost } from '../link/reported-host.js';
import { hasBody, type Refusals, type ServiceInForce } from './drivers/forwarding-driver.js';
import type { EngineOptions } from './engine-options.js';
import { faultsOf } from './faults.js';
import { forwardedPart } from './forwarded-part.js';
import { sameGround } from './ground.js';
import { DirectorHealth } from './health/director-health.js';
import { OUTER_LINK } from './health/probe-table-text.js';
import { NO_LOSS, lossesIn, type Losses } from './losses.js';
import { Announcer } from './network/announcer.js';
import { HostReader, type HostReading } from './network/host-reader.js';
import { Ipv6Takeover } from './network/ipv6-takeover.js';
import { isOwnAddress } from './network/own-address.js';
import { SilenceProber } from './silence/silence-prober.js';
import { sparedBy, strangeFaults } from './strange-services.js';
import { survey, type Survey } from './network/survey.js';
import { VipAddresses } from './network/vip-addresses.js';
import { StrandedDocuments } from './stranded-documents.js';
import { Turns } from './turns.js';
import { Vips } from './vips.js';

export class Engine implements NodeWork<ServiceDocument> {
  readonly role = 'director';
  readonly answer = (question: Question, signal: AbortSignal): Promise<Told> =>
    this.options.driver.answer(question, signal);

  private readonly announcer: Announcer;
  private readonly ipv6: Ipv6Takeover;
  private readonly vips: Vips;
  private readonly host: HostReader;
  private readonly silence: SilenceProber;
  private readonly health: DirectorHealth;
  private readonly turns = new Turns();
  private readonly readingAgeMs: number;
  /** All that was asked for, by key: also what was refused. */
  private wanted = new Map<string, ServiceInForce>();
  /** Documents that nobody here ever understood, by key; what they left in the kernel stays, and only it knows what. */
  private strange = new Map<string, Document>();
  /** What everything in force stands on; undefined: not known, all has to be brought. */
  private place: Survey | undefined;
  private readonly stranded = new StrandedDocuments();
  private losses: Losses = NO_LOSS;
  private listener: () => void = () => undefined;
  private lossListener: () => void = () => undefined;

  constructor(private readonly options: EngineOptions) {
    const { commands, stateDir, readingAgeMs = REPORT_INTERVAL_MS } = options;
    this.readingAgeMs = readingAgeMs;
    this.host = new HostReader(commands);
    this.announcer = new Announcer(commands, () => this.listener());
    this.ipv6 = new Ipv6Takeover(commands, stateDir);
    this.silence = new SilenceProber(commands, () => this.listener(), options.silenceIntervalMs);
    this.health = new DirectorHealth(options, {
      onTurned: () => void this.turns.take(() => this.bringTurned()).catch(() => this.lossListener()),
      onNews: () => this.listener(),
    });
    this.vips = new Vips(new VipAddresses(commands), this.announcer, this.ipv6);
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  onLost(listener: () => void): void {
    this.lossListener = listener;
  }

  reconcile(
    documents: ReadonlyMap<string, Document<ServiceDocument>>,
    seed: number,
    { strange = [] }: Partial<Besides> = {},
  ): Promise<readonly Fault[]> {
    this.silence.watchOnly(documents);
    return this.turns.take(async () => {
      this.health.watchOnly(documents);
      this.strange = new Map(strange.map((each) => [each.key, each]));
      const forwarded = [...documents.values()].map(forwardedPart).filter(hasBody);
      this.wanted = new Map(forwarded.map((each) => [each.key, each]));
      return this.bringAll(seed);
    });
  }

  apply(changes: readonly Change<ServiceDocument>[], seed: number): Promise<readonly Fault[]> {
    this.silence.watch(changes.map(({ after }) => after));
    const documents = changes.map(({ after }) => forwardedPart(after));
    return this.turns.take(async () => {
      this.health.watch(documents);
      for (const document of documents) this.want(document);
      const known = documents.map(({ key }) => this.strange.delete(key)).includes(true);
      return known || (await this.groundMoved(documents, seed))
        ? this.bringAll(seed)
        : this.bring(documents, seed);
    });
  }

  async describe(complete = true): Promise<DirectorPart> {
    const { driver } = this.options;
    const { interfaces, routes } = this.host.recent(this.readingAgeMs) ?? (await this.look());
    const links = interfaces.filter(({ name }) => name !== OUTER_LINK);
    return {
      role: this.role,
      host: reportedHost(links, routes.gateways, isOwnAddress),
      engine: { driver: driver.name, version: await driver.version() },
      capabilities: { ...driver.capabilities, healthChecks: await this.health.kinds() },
      conditions: [
        ...this.vips.conditions(this.losses),
        ...this.silence.conditions(),
        ...this.health.conditions(),
      ],
      silence: this.silence.facts(),
      complete,
      health: this.health.facts(complete),
    };
  }

  acknowledged(): void {
    this.health.acknowledged();
  }

  /** Ends what goes on in the background. What is in force stays. */
  async stop(): Promise<void> {
    const parts = [this.announcer, this.silence, this.health];
    await this.turns.take(() => Promise.all(parts.map((part) => part.stop())));
  }

  private want(document: Document<ServiceDocument>): void {
    if (hasBody(document)) this.wanted.set(document.key, document);
    else this.wanted.delete(document.key);
  }

  /** Everything that is wanted, from whatever the host is in. */
  private async bringAll(seed: number): Promise<readonly Fault[]> {
    this.place = undefined;
    const wanted = [...this.wanted.values()];
    const place = await this.survey(seed, await this.host.read());
    const spared = sparedBy(this.strange.values());
    const intended = new Set(wanted.map(({ body }) => body.address));
    await this.vips.startOver(intended, spared.vips, place.vipDevice);
    const { driver } = this.options;
    await this.health.adopt(place.ground);
    const effective = this.health.effective(wanted);
    const { refusals, leftover } = await driver.reconcile(effective, place.ground, spared.numbers);
    await this.vips.takeAll([...driver.inForce.values()].map(({ body }) => body.address));
    if (leftover !== undefined) throw new Error(`what no service wants could not be removed: ${leftover}`);
    this.place = place;
    this.health.standOn(place.ground);
    this.silence.standOn({ segments: place.ground.segments, vipDevice: place.vipDevice });
    this.losses = NO_LOSS;
    return [...this.faults(wanted, refusals, place), ...strangeFaults(this.strange.values())];
  }

  private async bring(
    documents: readonly Document<ServiceDocument>[],
    seed: number,
  ): Promise<readonly Fault[]> {
    const { place } = this;
    if (place === undefined) return this.bringAll(seed);
    // Whatever throws below leaves it undefined.
    this.place = undefined;
    const before = new Map(documents.map(({ key }) => [key, this.vipOf(key)]));
    await this.vips.release(documents.map(({ key, body }) => ({ from: before.get(key), to: body?.address })));
    const { refusals, lost } = await this.options.driver.apply(this.health.effective(documents));
    if (lost) return this.bringAll(seed);
    await this.vips.take(documents.map(({ key }) => ({ from: before.get(key), to: this.vipOf(key) })));
    this.place = place;
    return this.faults(documents, refusals, place);
  }

  /** Other servers of the same services, by their health. The VIPs stay where they are. */
  private async bringTurned(): Promise<void> {
    const { place } = this;
    const due = this.health.takeDue(this.wanted);
    if (place === undefined || due.length === 0) return;
    this.place = undefined;
    const { refusals, lost } = await this.options.driver.apply(due);
    if (lost || refusals.size > 0) throw new Error('servers that turned could not be brought in line');
    this.place = place;
  }

  private faults(
    documents: readonly Document<ServiceDocument>[],
    refusals: Refusals,
    { ground }: Survey,
  ): readonly Fault[] {
    const { inForce } = this.options.driver;
    return faultsOf(documents, { refusals, inForce, ground, unheld: this.vips.unheld });
  }

  private vipOf(key: string): string | undefined {
    return this.options.driver.inForce.get(key)?.body.address;
  }

  /**
   * Whether all has to be laid anew. The host is read only when a server seems to lie nowhere; for a document that
   * was found so before, a recent reading will do.
   */
  private async groundMoved(documents: readonly Document<ServiceDocument>[], seed: number): Promise<boolean> {
    const { place } = this;
    if (place === undefined || place.ground.seed !== seed) return true;
    const found = this.stranded.among(documents, place);
    if (found === 'none') return false;
    const recent = found === 'known' ? this.host.recent(this.readingAgeMs) : undefined;
    const reading = recent ?? (await this.host.read());
    // A recent one may be older than what was changed since.
    if (recent === undefined) this.compare(reading, place);
    if (this.losses !== NO_LOSS) return true;
    const now = await this.survey(seed, reading);
    return now.vipDevice !== place.vipDevice || !sameGround(now.ground, place.ground);
  }

  private async survey(seed: number, reading: HostReading): Promise<Survey> {
    const { stateDir, interface: named } = this.options;
    const joined = (await loadIdentity(stateDir, this.role))?.addresses ?? [];
    return survey(reading, { seed, named, joined });
  }

  /**
   * Reads the host, and has the link bring everything when somebody took something away. Whoever reads the host
   * compares, for as long as there is a recent reading nobody looks again.
   */
  private async look(): Promise<HostReading> {
    const still = this.turns.stillness();
    const reading = await this.host.read();
    // Compared with what the engine knows only when it changed nothing meanwhile; if it did, then in a turn.
    if (still()) this.mend(reading);
    else void this.turns.take(async () => this.mend(await this.host.read())).catch(() => undefined);
    return reading;
  }

  private mend(reading: HostReading): void {
    if (this.place !== undefined) this.compare(reading, this.place);
    if (this.losses !== NO_LOSS) this.lossListener();
  }

  private compare(reading: HostReading, place: Survey): void {
    this.vips.see(reading.interfaces);
    this.losses = lossesIn(reading, this.vips.taken, place);
  }
}
