/**
 * Keeps the account of what somebody undid on the director, and decides when it is repaired: at once, unless the same thing
 * is undone again and again. How it is repaired is always the same and no concern of this: everything is brought in line.
 */
import type { HostDrift, ReportedCondition } from '../../contract/report.js';
import type { Deviation } from '../../link/drift/deviation.js';
import { DriftBook } from '../../link/drift/drift-book.js';
import { repairsCondition } from '../../link/drift/drift-conditions.js';
import { RepairLimiter } from '../../link/drift/repair-limiter.js';
import { rulesInForce } from './rules-in-force.js';

/** Milliseconds of a clock that never goes back, and since 1970. */
interface Clock {
  readonly monotonic: () => number;
  readonly wall: () => number;
}

const CLOCK: Clock = { monotonic: () => performance.now(), wall: () => Date.now() };

export class SelfRepair {
  readonly #book = new DriftBook();
  readonly #limiter = new RepairLimiter();
  /** What was undone and not repaired since. */
  readonly #wrong = new Map<string, Deviation>();

  constructor(private readonly clock = CLOCK) {}

  /** What a look found. One that is wrong already was counted. @returns what is new of it. */
  found(deviations: readonly Deviation[]): readonly Deviation[] {
    const undone = deviations.filter(({ thing }) => !this.#wrong.has(thing));
    for (const each of undone) {
      this.#wrong.set(each.thing, each);
      this.#book.undone(each, this.clock.wall());
      this.#limiter.undone(each.thing, this.clock.monotonic());
    }
    return undone;
  }

  /** What others did, and what was made good at once, beside everything that is brought in line. */
  answered(deviation: Deviation): void {
    this.#book.undone(deviation, this.clock.wall());
    this.#book.repaired(deviation.thing);
  }

  /** Something is to be repaired now. */
  get isDue(): boolean {
    const now = this.clock.monotonic();
    return [...this.#wrong.keys()].some((thing) => this.#limiter.mayRepair(thing, now));
  }

  /** Everything was brought in line. */
  mended(): void {
    for (const thing of this.#wrong.keys()) this.#book.repaired(thing);
    this.#wrong.clear();
  }

  conditions(): readonly ReportedCondition[] {
    const persisting = this.#limiter.persisting(this.clock.monotonic());
    return [repairsCondition('engine', persisting), rulesInForce([...this.#wrong.values()])];
  }

  describe(): HostDrift {
    return this.#book.describe();
  }
}
