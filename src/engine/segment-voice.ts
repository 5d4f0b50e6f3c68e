/**
 * All that the engine says and hears on its segments: whose the VIPs are, who else speaks for them, whether hosts without
 * an agent are silent. It joins the parts; each decides for itself.
 */
import {
  MOST_REPORTED_STRANGERS,
  type ReportedCondition,
  type ReportedSegment,
  type SilenceFact,
} from '../contract/report.js';
import type { Logger } from '../platform/logger.js';
import { vipsAnsweredElsewhere } from './conditions.js';
import { Announcer } from './network/announcer.js';
import { Claims, type ClaimTimes } from './network/claims.js';
import type { HostReading } from './network/host-reader.js';
import { cardsOf, type Survey } from './network/survey.js';
import { SilenceProber } from './silence/silence-prober.js';
import { soon } from './soon.js';
import { VipWatch } from './strangers/vip-watch.js';
import type { Wire } from './wire/wire.js';

/** A report waits so long for what is being found out about VIPs. */
const LONGEST_WAIT_MS = 1_000;

export interface VoiceOptions {
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
  readonly silence: SilenceProber;
  private readonly wire: Wire;
  private place: Survey | undefined;

  constructor(
    private readonly options: VoiceOptions,
    /** What is told in reports is otherwise. */
    private readonly onNews: () => void,
    /** It is known now whether anybody else has these VIPs. */
    onSettled: (vips: readonly string[]) => Promise<void>,
  ) {
    const { wire, claimTimes, silenceIntervalMs } = options;
    this.wire = wire;
    wire.onChange(onNews);
    this.announcer = new Announcer(wire, onNews);
    this.claims = new Claims(wire, onSettled, claimTimes);
    this.silence = new SilenceProber(wire, onNews, silenceIntervalMs);
    this.watch = new VipWatch({
      wire,
      announcer: this.announcer,
      nameFor: (vip) => this.nameFor(vip),
      onStranger: (vip, mac) => this.meet(vip, mac),
    });
  }

  standOn(place: Survey): void {
    this.place = place;
    this.wire.standOn(place.cards, place.cluster);
    this.silence.standOn({ segments: place.ground.segments, vipDevice: place.vipDevice });
  }

  /** An interface may have got another Ethernet address, and nothing may be said in the name of the former one. */
  see(reading: HostReading, { ground, cluster }: Survey): void {
    this.wire.standOn(cardsOf(reading, ground.devices), cluster);
  }

  /** Resolves when it is known who has the VIPs that are asked about now, or soon. */
  settled(): Promise<void> {
    return soon(this.claims.settled(), LONGEST_WAIT_MS);
  }

  /** Who has a VIP in this director's place, in words; undefined: nobody, as far as is known. */
  ownerOf(vip: string): string | undefined {
    return this.claims.ownersOf(vip)?.join(', ');
  }

  condition(): ReportedCondition {
    const heard = this.watch.strangers().map(({ vip, mac }) => `${vip} by ${mac}`);
    const answers = [...new Set([...this.silence.strangers(), ...heard])].sort();
    return vipsAnsweredElsewhere(answers, this.wire.trouble);
  }

  facts(): { readonly silence: readonly SilenceFact[]; readonly segment?: ReportedSegment } {
    const strangers = this.watch.strangers().slice(0, MOST_REPORTED_STRANGERS);
    const silence = this.silence.facts();
    return strangers.length === 0
      ? { silence }
      : { silence, segment: { strangers, neighbours: [], repairs: 0 } };
  }

  async stop(): Promise<void> {
    this.claims.stop();
    this.watch.stop();
    this.announcer.stop();
    await this.silence.stop();
    await this.wire.stop();
  }

  private nameFor(vip: string): string | undefined {
    if (this.place === undefined) return undefined;
    const { ground, vipDevice } = this.place;
    return (ground.segments.placeOf(vip) ?? ground.segments.placeOn(vipDevice, vip))?.address;
  }

  private meet(vip: string, mac: string): void {
    this.options.logger.warn(
      { vip, mac },
      'somebody else speaks in the name of a VIP; this director gainsays it',
    );
    this.onNews();
  }
}
