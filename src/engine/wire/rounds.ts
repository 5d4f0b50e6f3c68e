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
    if (this.timer === undefined) this.arm(performance.now());
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
    this.last = now;
    if (size === 0) {
      this.timer = undefined;
      this.due = 0;
      return;
    }
    const apart = this.period(size) / size;
    const wait = Math.max(SHORTEST_STEP_MS, apart * (1 - this.due));
    this.timer = setTimeout(() => this.step(apart), wait);
  }

  private step(apart: number): void {
    const now = performance.now();
    const behind = Math.max(MOST_BEHIND_MS, apart);
    this.due += Math.min(now - this.last, behind) / apart;
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
