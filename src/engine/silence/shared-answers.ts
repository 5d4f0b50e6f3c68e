/**
 * Asks segments about hosts and VIPs. Several servers share one host or one VIP: an answer serves all who want it within
 * a short time, and never one who came after its question was sent. What could not be asked is told as trouble; it
 * never rejects.
 */
import { isIPv4 } from 'node:net';
import type { CommandRunner } from '../../platform/command-runner.js';
import { requireIputilsArping } from '../network/require-iputils-arping.js';
import type { SegmentPlace } from '../network/segments.js';
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
  private usable: Promise<void> | undefined;

  constructor(
    private readonly commands: CommandRunner,
    /** How long an answer serves others. */
    private readonly shareMs: number,
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
    const answers = this.ask(address, place);
    this.questions.set(key, { sentAt: now, answers });
    return answers;
  }

  private async ask(address: string, place: SegmentPlace): Answers {
    if (isIPv4(address)) await this.requireArping();
    return whoAnswers(this.commands, address, place);
  }

  /** Once it is there it is looked for no more; where it is missing, somebody may install it. */
  private async requireArping(): Promise<void> {
    this.usable ??= requireIputilsArping(this.commands);
    try {
      await this.usable;
    } catch (error) {
      this.usable = undefined;
      throw error;
    }
  }
}
