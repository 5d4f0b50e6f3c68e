/**
 * One time of asking: each host and each VIP is asked for once, however many servers share it, and not too many at a
 * time. It never rejects: what could not be asked is told as trouble.
 */
import { isIPv4 } from 'node:net';
import pLimit from 'p-limit';
import type { CommandRunner } from '../../platform/command-runner.js';
import { requireIputilsArping } from '../network/require-iputils-arping.js';
import type { SegmentPlace, Segments } from '../network/segments.js';
import { whoAnswers, whoAnswersFirst } from './ask-segment.js';
import type { Heard, Suspect } from './judge-silence.js';

/** A question takes up to three seconds, nearly all of it waiting. */
const AT_ONCE = 16;

type Answers = Promise<readonly string[]>;

export class AskingRound {
  private readonly limit = pLimit(AT_ONCE);
  private readonly asked = new Map<string, Answers>();
  private usable: Promise<void> | undefined;

  constructor(
    private readonly commands: CommandRunner,
    private readonly segments: Segments,
  ) {}

  async hear({ vip, address }: Suspect): Promise<Heard> {
    const place = this.segments.placeOf(address);
    if (place === undefined) return 'no-segment';
    try {
      const [answered, host] = await Promise.all([
        this.once(`vip ${vip} ${place.device}`, vip, () => whoAnswers(this.commands, vip, place)),
        this.once(`host ${address}`, address, () => whoAnswersFirst(this.commands, address, place)),
      ]);
      return { vip: answered, host };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { trouble: `${describe({ vip, address }, place)}: ${message}` };
    }
  }

  private once(key: string, address: string, ask: () => Answers): Answers {
    const known = this.asked.get(key);
    if (known !== undefined) return known;
    const answers = this.limit(async () => {
      if (isIPv4(address)) await (this.usable ??= requireIputilsArping(this.commands));
      return ask();
    });
    this.asked.set(key, answers);
    return answers;
  }
}

function describe({ vip, address }: Suspect, { device }: SegmentPlace): string {
  return `The segment at ${device} could not be asked about ${vip} and ${address}`;
}
