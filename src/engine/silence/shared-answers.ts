/**
 * Asks segments about hosts and VIPs. Several servers share one host or one VIP: an answer serves all who want it within
 * a short time, and never one who came after its question was sent. What could not be asked is told as trouble; it
 * never rejects.
 */
import type { SegmentPlace } from '../../forwarding/segments.js';
import type { Wire } from '../wire/wire.js';
import { whoAnswers } from './ask-segment.js';
import type { Heard, Suspect } from './judge-silence.js';
import type { PlacesToAsk } from './places-to-ask.js';

type Answers = Promise<readonly string[]>;

interface Question {
  /** By `performance.now()`. */
  readonly sentAt: number;
  readonly answers: Answers;
}

export class SharedAnswers {
  private readonly questions = new Map<string, Question>();

  constructor(
    private readonly wire: Wire,
    /** How long an answer serves others. */
    private readonly shareMs: number,
    private readonly waitMs: number | undefined,
  ) {}

  /** @param since by `performance.now()`; what was asked before counts for nothing. */
  async hear({ vip, address }: Suspect, places: PlacesToAsk | undefined, since: number): Promise<Heard> {
    if (places === undefined) return 'no-segment';
    try {
      const [host, ...answered] = await Promise.all([
        this.whoHas(address, places.host, since),
        ...places.vip.map((place) => this.whoHas(vip, place, since)),
      ]);
      return { vip: [...new Set(answered.flat())].sort(), host };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const devices = [...new Set(places.vip.map(({ device }) => device))].join(' and ');
      return {
        trouble: `The segment at ${devices} could not be asked about ${vip} and ${address}: ${message}`,
      };
    }
  }

  private whoHas(address: string, place: SegmentPlace, since: number): Answers {
    const now = performance.now();
    for (const [key, { sentAt }] of this.questions)
      if (sentAt < now - this.shareMs) this.questions.delete(key);
    const key = `${address} ${place.device} ${place.address}`;
    const known = this.questions.get(key);
    if (known !== undefined && known.sentAt >= since) return known.answers;
    const answers = whoAnswers(this.wire, address, place, this.waitMs);
    this.questions.set(key, { sentAt: now, answers });
    return answers;
  }
}
