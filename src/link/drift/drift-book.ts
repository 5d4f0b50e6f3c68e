/**
 * Remembers what somebody undid on the host: each thing once, with what was found and how often. It keeps only what a
 * report may name, so a host that is undone as a whole costs no more than one that is not; the total counts all. Pure.
 */
import { MOST_DRIFTS, type HostDrift } from '../../contract/report.js';
import type { Deviation } from './deviation.js';

interface Entry extends Deviation {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly repaired: boolean;
}

export class DriftBook {
  /** By thing; what was undone last stands last. */
  readonly #entries = new Map<string, Entry>();
  #total = 0;

  /** `at`: milliseconds since 1970. */
  undone(deviation: Deviation, at: number): void {
    const { thing } = deviation;
    const { firstAt = at, count = 0 } = this.#entries.get(thing) ?? {};
    this.#total += 1;
    this.#entries.delete(thing);
    this.#entries.set(thing, { ...deviation, firstAt, lastAt: at, count: count + 1, repaired: false });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST_DRIFTS && oldest !== undefined) this.#entries.delete(oldest);
  }

  repaired(thing: string): void {
    const entry = this.#entries.get(thing);
    if (entry !== undefined) this.#entries.set(thing, { ...entry, repaired: true });
  }

  describe(): HostDrift {
    const latest = [...this.#entries.values()].toReversed().map(({ firstAt, lastAt, ...entry }) => ({
      ...entry,
      firstAt: new Date(firstAt).toISOString(),
      lastAt: new Date(lastAt).toISOString(),
    }));
    return { total: this.#total, latest };
  }
}
