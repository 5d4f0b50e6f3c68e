/**
 * How long to wait before the next attempt: a part of 0.2 s after a connection that had held, then 0.2 s doubling to
 * 5 s. Every wait has jitter, the first one too, so that a thousand nodes do not come back in the same instant when a
 * control plane restarts. Pure: time and chance are handed in.
 */
const SHORTEST_MS = 200;
const LONGEST_MS = 5_000;
/** A connection that lived this long counts as good, and the next failure as the first one. */
const HELD_MS = 5_000;

export class Backoff {
  #failures = 0;

  /** `random` is at least 0 and less than 1. */
  constructor(private readonly random: () => number = Math.random) {}

  /** Milliseconds to wait after an attempt that failed. */
  next(): number {
    this.#failures += 1;
    if (this.#failures === 1) return this.random() * SHORTEST_MS;
    const ceiling = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** (this.#failures - 1));
    return SHORTEST_MS + this.random() * (ceiling - SHORTEST_MS);
  }

  /** All is well: the next failure counts as the first one. */
  reset(): void {
    this.#failures = 0;
  }

  /** The same for a connection that lived this long; one that only just worked does not count. */
  lived(aliveMs: number): void {
    if (aliveMs >= HELD_MS) this.reset();
  }
}
