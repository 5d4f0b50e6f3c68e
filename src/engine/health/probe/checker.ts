/**
 * Asks every question again and again, each at its own time: the first ones of many are spread over a while, and every
 * interval is a little longer or shorter than the last, so that they never come together. It tells turns, and nothing of
 * outcomes that change nothing.
 * It must never ask one question twice at a time, nor let a server fall of what this process was too busy to see.
 */
import { ask } from './ask.js';
import type { Asked } from './asked.js';
import { judged, stateFrom, type CheckState } from './judge-check.js';
import type { Outcome } from './outcome.js';
import type { ProbeCheck, ProbePace, ProbeTurn } from './probe-messages.js';
import { StallClock } from './stall-clock.js';

/** By so much of itself an interval varies. */
const JITTER = 0.05;
/**
 * A server that never answered is asked again so soon, and each time after twice as long, up to the interval: it may be
 * about to start, or the director about to take the VIP.
 */
const EAGER_MS = 250;
/** Of many that come together one is begun in so many milliseconds. */
const SPREAD_MS = 0.5;

const TOO_BUSY: Outcome = {
  kind: 'not-asked',
  message: 'This director was too busy to hear an answer in time.',
};

interface Running {
  check: ProbeCheck;
  state: CheckState;
  /** What was told last. */
  told: string;
  /** Could not be asked so many times in a row. */
  unasked: number;
  /** How often it was asked before it answered for the first time. */
  early: number;
  timer: NodeJS.Timeout;
}

export class Checker {
  private readonly running = new Map<number, Running>();
  private turns: ProbeTurn[] = [];
  private asked = 0;
  private latestMs = 0;
  private readonly clock = new StallClock();
  private cpu = process.cpuUsage();

  constructor(
    private readonly onTurned: (turns: readonly ProbeTurn[]) => void,
    private readonly question: (asked: Asked) => Promise<Outcome> = ask,
  ) {}

  /**
   * One that is known goes on where it was.
   * @param together how many come, of which these are a part.
   */
  put(checks: readonly ProbeCheck[], together = checks.length): void {
    for (const check of checks) {
      const known = this.running.get(check.id);
      if (known === undefined) this.begin(check, together * SPREAD_MS);
      else known.check = check;
    }
    this.clock.run(this.running.size > 0);
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) {
      clearTimeout(this.running.get(id)?.timer);
      this.running.delete(id);
    }
    this.clock.run(this.running.size > 0);
  }

  /** Since the last call. */
  takePace(): ProbePace {
    const { asked, latestMs, cpu } = this;
    this.asked = 0;
    this.latestMs = 0;
    this.cpu = process.cpuUsage();
    return { asked, latestMs, cpuMs: (this.cpu.user + this.cpu.system - cpu.user - cpu.system) / 1_000 };
  }

  private begin(check: ProbeCheck, spreadMs: number): void {
    const one = { check, state: stateFrom(check.healthy), told: '', unasked: 0, early: 0 };
    const waitMs = Math.random() * Math.min(spreadMs, check.question.intervalMs);
    const running: Running = Object.assign(one, { timer: this.later(() => running, waitMs) });
    this.running.set(check.id, running);
  }

  private later(one: () => Running, waitMs: number): NodeJS.Timeout {
    const dueAt = performance.now() + waitMs;
    return setTimeout(() => {
      this.latestMs = Math.max(this.latestMs, performance.now() - dueAt);
      void this.check(one());
    }, waitMs);
  }

  private async check(one: Running): Promise<void> {
    const { vip: host, from, question } = one.check;
    const begun = performance.now();
    this.asked++;
    const stalledMs = this.clock.stalledMs;
    const found = await this.question({ host, from, question });
    const isHeard = this.clock.stalledMs - stalledMs < question.timeoutMs / 2;
    const outcome = isHeard || !isTimeOut(found) ? found : TOO_BUSY;
    if (this.running.get(one.check.id) !== one) return;
    this.take(one, outcome);
    const waitMs = pauseMs(one) * (1 - JITTER + Math.random() * 2 * JITTER);
    one.timer = this.later(() => one, Math.max(0, begun + waitMs - performance.now()));
  }

  private take(one: Running, outcome: Outcome): void {
    const { id, question } = one.check;
    one.state = judged(one.state, outcome, question);
    one.unasked = outcome.kind === 'not-asked' ? one.unasked + 1 : 0;
    const { healthy } = one.state;
    const news = newsOf(one, outcome);
    // A failure that changes nothing yet, or an answer on the way up, is nobody's news.
    if (news === undefined || one.told === `${healthy} ${news.reason} ${news.message}`) return;
    one.told = `${healthy} ${news.reason} ${news.message}`;
    if (this.turns.length === 0) setImmediate(() => this.tell());
    this.turns.push({ id, healthy, ...news });
  }

  private tell(): void {
    const { turns } = this;
    this.turns = [];
    this.onTurned(turns);
  }
}

function isTimeOut(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.reason === 'TimedOut';
}

function pauseMs(one: Running): number {
  const { intervalMs } = one.check.question;
  return one.state.proved ? intervalMs : Math.min(intervalMs, EAGER_MS * 2 ** one.early++);
}

type News = Pick<ProbeTurn, 'reason' | 'message'> | undefined;

function newsOf({ state: { healthy }, unasked, check }: Running, outcome: Outcome): News {
  if (outcome.kind === 'not-asked') {
    const { message } = outcome;
    return unasked < check.question.fall ? undefined : { reason: 'CouldNotAsk', message };
  }
  if (outcome.kind === 'answered')
    return healthy === true ? { reason: 'Answered', message: 'It answers on the VIP.' } : undefined;
  const { reason, message } = outcome;
  return healthy === false ? { reason, message } : undefined;
}
