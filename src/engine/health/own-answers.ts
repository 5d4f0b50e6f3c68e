/**
 * Asks servers that fell on their own address too, from the director itself: one that answers there is up, and only the
 * VIP is missing. Once for each fall, all that fell meanwhile together, by a process of its own in this network. It
 * decides nothing about packets.
 */
import { join } from 'node:path';
import type { CommandRunner } from '../../platform/command-runner.js';
import { PACKAGE_ROOT } from '../../platform/package-root.js';
import type { Asked } from './probe/asked.js';
import type { Outcome } from './probe/outcome.js';
import type { Check } from './prober.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist', 'src', 'engine', 'health', 'probe', 'ask-once-main.js');
/** For the process to start and end on a busy machine. */
const START_MS = 20_000;
/** It asks at least so many at a time. */
const AT_ONCE = 100;

type Fallen = Pick<Check, 'id' | 'address' | 'question'>;

export class OwnAnswers {
  private waiting = new Map<number, Fallen>();
  private asking: Promise<void> | undefined;
  private stopped = false;
  private abort: () => void = () => undefined;

  constructor(
    private readonly commands: CommandRunner,
    /** Called with the ids of checks whose server answered on its own address. */
    private readonly onAnswered: (ids: readonly number[]) => void,
  ) {}

  ask(fallen: readonly Fallen[]): void {
    for (const each of fallen) if (canAnswer(each)) this.waiting.set(each.id, each);
    this.run();
  }

  /** Waits for no server: that may take as long as the longest time limit of a check. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.abort();
    await this.asking;
  }

  private run(): void {
    if (this.stopped || this.waiting.size === 0 || this.asking !== undefined) return;
    const fallen = [...this.waiting.values()];
    this.waiting = new Map();
    this.asking = this.askAll(fallen)
      // It only would have told more about a fall that is told already.
      .catch(() => undefined)
      .finally(() => {
        this.asking = undefined;
        this.run();
      });
  }

  private async askAll(fallen: readonly Fallen[]): Promise<void> {
    const asked = fallen.map(({ address, question }): Asked => ({ host: address, from: null, question }));
    const longest = Math.max(...fallen.map(({ question }) => question.timeoutMs));
    const answer = await this.commands
      .run([process.execPath, PROGRAM], {
        input: JSON.stringify(asked),
        timeoutMs: START_MS + longest * Math.ceil(fallen.length / AT_ONCE),
        onStart: (pid) => (this.abort = () => void process.kill(pid, 'SIGKILL')),
      })
      .finally(() => (this.abort = () => undefined));
    const outcomes = JSON.parse(answer) as readonly Outcome[];
    const answered = fallen.filter((_, index) => outcomes[index]?.kind === 'answered');
    if (answered.length > 0 && !this.stopped) this.onAnswered(answered.map(({ id }) => id));
  }
}

/** Where no reply is waited for, silence passes for an answer, and tells nothing of another address. */
function canAnswer({ question }: Fallen): boolean {
  return question.udp?.expected !== null;
}
