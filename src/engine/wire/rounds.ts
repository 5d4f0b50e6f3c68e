/**
 * Calls for each of its members once in a period, evenly spread over it: ten thousand frames at one time would be a
 * storm on the segment. A process that was held up for long lets the round take longer, and makes up for nothing.
 */

const SHORTEST_STEP_MS = 20;
/** So much of what was missed is made up for at once. */
const MOST_BEHIND_MS = 250;

export class Rounds {
  /** In the order of their turns: whoever had his goes to the end. */
  private readonly members = new Set<string>();
  /** Stays in place while members go and come; one that comes to the end finds those that were put there since. */
  private turns = this.members.values();
  private timer: NodeJS.Timeout | undefined;
  private last = 0;
  private wakesAt = 0;
  /** Milliseconds between two turns. */
  private apart = 1;
  private due = 0;

  constructor(
    private readonly each: (member: string) => void,
    /** In milliseconds, for so many members. */
    private readonly period: (size: number) => number,
  ) {}

  get size(): number {
    return this.members.size;
  }

  /** Its first turn comes within a period. */
  add(member: string): void {
    this.members.add(member);
    const now = performance.now();
    const wait = Math.max(SHORTEST_STEP_MS, this.period(this.size) / this.size);
    if (this.timer !== undefined && this.wakesAt <= now + wait) return;
    this.reckon(now);
    this.arm(now);
  }

  delete(member: string): void {
    this.members.delete(member);
  }

  stop(): void {
    this.members.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private arm(now: number): void {
    const { size } = this.members;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.last = now;
    if (size === 0) {
      this.due = 0;
      return;
    }
    this.apart = this.period(size) / size;
    const wait = Math.max(SHORTEST_STEP_MS, this.apart * (1 - this.due));
    this.wakesAt = now + wait;
    this.timer = setTimeout(() => this.step(), wait);
  }

  /** What has come due since it was reckoned last. */
  private reckon(now: number): void {
    if (this.timer === undefined) return;
    const behind = Math.max(MOST_BEHIND_MS, this.apart);
    this.due += Math.min(now - this.last, behind) / this.apart;
  }

  private step(): void {
    const now = performance.now();
    this.reckon(now);
    for (; this.due >= 1 && this.members.size > 0; this.due--) this.next();
    this.arm(now);
  }

  private next(): void {
    let turn = this.turns.next();
    if (turn.done === true) {
      this.turns = this.members.values();
      turn = this.turns.next();
    }
    const member = turn.value;
    if (member === undefined) return;
    this.members.delete(member);
    this.members.add(member);
    this.each(member);
  }
}
