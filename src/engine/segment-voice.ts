/**
 * All that the engine says and hears on its segments: whose the VIPs are, who else speaks for them, whether hosts without
 * an agent are silent. It joins the parts; each decides for itself.
 */
import {
  MOST_REPORTED_STRANGERS,
  REPORT_INTERVAL_MS,
  type ReportedCondition,
  type ReportedSegment,
  type SilenceFact,
} from '../contract/report.js';
import type { Document, ServiceDocument } from '../contract/documents.js';
import type { CommandRunner } from '../platform/command-runner.js';
import { MOST_OWNERS_TOLD, type OwnersTold } from '../contract/told.js';
import { NotAnswered } from '../link/not-answered.js';
import type { Logger } from '../platform/logger.js';
import { someOf } from '../platform/some-of.js';
import { vipsAnsweredElsewhere } from './conditions.js';
import { Announcer } from './network/announcer.js';
import { Claims, type ClaimTimes } from './network/claims.js';
import type { HostReading } from './network/host-reader.js';
import { cardsOf, type Survey } from './network/survey.js';
import { NeighbourWatch } from './neighbours/neighbour-watch.js';
import { vipPlace, type VipPlace } from './network/vip-place.js';
import { whoAnswers } from './silence/ask-segment.js';
import { SilenceProber } from './silence/silence-prober.js';
import { soon } from './soon.js';
import { VipWatch } from './strangers/vip-watch.js';
import type { Wire } from './wire/wire.js';

/** A report waits so long for what is being found out about VIPs: ten thousand, after a reboot, take four seconds. */
const LONGEST_WAIT_MS = REPORT_INTERVAL_MS;

export interface VoiceOptions {
  readonly commands: CommandRunner;
  readonly wire: Wire;
  readonly logger: Logger;
  readonly claimTimes?: ClaimTimes;
  /** How often hosts without an agent are asked about. */
  readonly silenceIntervalMs?: number;
}

export class SegmentVoice {
  readonly announcer: Announcer;
  readonly claims: Claims;
  readonly watch: VipWatch;
  private readonly silence: SilenceProber;
  private readonly neighbours: NeighbourWatch;
  private readonly wire: Wire;
  private place: Survey | undefined;
  private cards: Survey['cards'] = new Map();

  constructor(
    private readonly options: VoiceOptions,
    /** What is told in reports is otherwise. */
    private readonly onNews: () => void,
    /** It is known now whether anybody else has these VIPs. */
    onSettled: (vips: readonly string[]) => Promise<void>,
    /** Somebody who was not heard before speaks in the name of a VIP, and is gainsaid. */
    private readonly onStranger: (vip: string, who: string) => void,
  ) {
    const { wire, commands, logger, claimTimes, silenceIntervalMs } = options;
    this.wire = wire;
    wire.onChange(onNews);
    this.announcer = new Announcer(wire, onNews);
    this.claims = new Claims(wire, onSettled, claimTimes);
    this.silence = new SilenceProber(wire, onNews, silenceIntervalMs);
    this.neighbours = new NeighbourWatch({ wire, commands, logger, onNews });
    this.watch = new VipWatch({
      wire,
      announcer: this.announcer,
      nameFor: (vip) => this.placeOf(vip)?.address,
      onStranger: (vip, mac) => this.meet(vip, mac),
    });
  }

  standOn(place: Survey): void {
    this.place = place;
    this.cards = place.cards;
    this.wire.standOn(place.cards, place.cluster);
    const { segments } = place.ground;
    this.silence.standOn({ segments, vipDevice: place.vipDevice });
    this.neighbours.standOn(segments);
  }

  /** These documents and no others: their servers are watched, and asked about where they have no agent. */
  follow(documents: ReadonlyMap<string, Document<ServiceDocument>>): void {
    this.silence.watchOnly(documents);
    this.neighbours.watchOnly(documents);
  }

  followChanged(documents: readonly Document<ServiceDocument>[]): void {
    this.silence.watch(documents);
    this.neighbours.watch(documents);
  }

  /** An interface may have got another Ethernet address, and nothing may be said in the name of the former one. */
  see(reading: HostReading, { ground, cluster }: Survey): void {
    const before = this.cards;
    this.cards = cardsOf(reading, ground.devices);
    this.wire.standOn(this.cards, cluster);
    for (const [device, { index, mac }] of this.cards) {
      const former = before.get(device);
      // One that was made anew has no rules yet: its VIPs are announced when they come back.
      if (former?.index === index && former.mac !== mac) this.announcer.repeatAll(device);
    }
  }

  /** The interface on whose segment a VIP is asked for and announced; undefined: nothing is stood on yet. */
  deviceFor(vip: string): string | undefined {
    return this.placeOf(vip)?.device;
  }

  /** Resolves when it is known who has the VIPs that are asked about now, or soon. */
  settled(): Promise<void> {
    return soon(this.claims.settled(), LONGEST_WAIT_MS);
  }

  /** Who has a VIP in this director's place, in words; undefined: nobody, as far as is known. */
  ownerOf(vip: string): string | undefined {
    const owners = this.claims.ownersOf(vip);
    return owners && someOf(owners.map((mac) => this.named(mac)));
  }

  /** Asks who has the VIP now, beside this director. */
  async owners(vip: string | undefined): Promise<OwnersTold> {
    const place = vip === undefined ? undefined : this.placeOf(vip);
    if (vip === undefined || place === undefined) throw NotAnswered.notInForce();
    const found = await whoAnswers(this.wire, vip, place);
    const answers = found.slice(0, MOST_OWNERS_TOLD).map((mac) => ({ mac, fellow: this.wire.isFellow(mac) }));
    return { kind: 'owners', held: this.announcer.deviceOf(vip) !== undefined, answers };
  }

  condition(): ReportedCondition {
    const strangers = this.watch.strangers().slice(0, MOST_REPORTED_STRANGERS);
    const heard = strangers.map(({ vip, mac }) => `${vip} by ${this.named(mac)}`);
    const answers = [...new Set([...this.silence.strangers(), ...heard])].sort();
    const { trouble } = this.wire;
    return vipsAnsweredElsewhere(
      answers,
      trouble ?? (this.place && this.wire.troubleOn(this.place.vipDevice)),
    );
  }

  facts(): { readonly silence: readonly SilenceFact[]; readonly segment?: ReportedSegment } {
    const strangers = this.watch.strangers().slice(0, MOST_REPORTED_STRANGERS);
    const silence = this.silence.facts();
    const neighbours = this.neighbours.facts();
    const { repairs } = this.neighbours;
    const isQuiet = strangers.length + neighbours.length + repairs === 0;
    return isQuiet ? { silence } : { silence, segment: { strangers, neighbours, repairs } };
  }

  async stop(): Promise<void> {
    this.claims.stop();
    this.watch.stop();
    this.announcer.stop();
    this.neighbours.stop();
    await this.silence.stop();
    await this.wire.stop();
  }

  /** With the real server that has the Ethernet address, where it is one. */
  private named(mac: string): string {
    const server = this.neighbours.addressOf(mac);
    return server === undefined ? mac : `${mac}, which is ${server}`;
  }

  private placeOf(vip: string): VipPlace | undefined {
    const { place } = this;
    return place && vipPlace(vip, place.ground.segments, place.vipDevice);
  }

  private meet(vip: string, mac: string): void {
    const who = this.named(mac);
    this.options.logger.warn(
      { vip, who },
      'somebody else speaks in the name of a VIP; this director gainsays it',
    );
    this.onStranger(vip, who);
    this.onNews();
  }
}
