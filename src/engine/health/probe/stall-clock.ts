/**
 * Counts the time in which this process could not look at what had arrived, because it was busy or the machine gave it no
 * time: a timer that comes late tells. A limit that ran out meanwhile says nothing about a server.
 */
const TICK_MS = 25;
/** A timer is never exact. */
const TOLERANCE_MS = 5;

export class StallClock {
  private stalled = 0;
  private last = performance.now();
  private timer: NodeJS.Timeout | undefined;

  /** Milliseconds since it was made, of the time that it ran. */
  get stalledMs(): number {
    return this.stalled;
  }

  run(isNeeded: boolean): void {
    if (!isNeeded) {
      clearInterval(this.timer);
      this.timer = undefined;
    } else if (this.timer === undefined) {
      this.last = performance.now();
      this.timer = setInterval(() => this.tick(), TICK_MS);
    }
  }

  private tick(): void {
    const now = performance.now();
    this.stalled += Math.max(0, now - this.last - TICK_MS - TOLERANCE_MS);
    this.last = now;
  }
}
