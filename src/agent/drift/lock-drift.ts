/**
 * What was undone of one lock, settings or guard. Undone is what was good when it was last looked at, and what a pass
 * made and left wrong all the same: whoever is fast undoes it before the pass is over. As long as nobody needs the
 * lock, nothing of it is undone. Pure.
 */
import type { Deviation } from '../plan/host-view.js';
import { RepairLimiter } from './repair-limiter.js';

/** So long a lock that was fought over must stand before a VIP comes to the host. */
const PROBATION_MS = 10_000;

export class LockDrift {
  readonly #limiter = new RepairLimiter();
  /** What was wrong at the last look; undefined as long as nobody needs the lock. */
  #wrong: ReadonlySet<string> | undefined;
  readonly #undone = new Set<string>();

  /** Before a pass. @returns what was undone. */
  found(wrong: readonly Deviation[], now: number): readonly Deviation[] {
    const undone = wrong.filter((each) => this.#wasGood(each));
    this.#wrong = thingsOf(wrong);
    return this.#note(undone, now);
  }

  /** After it. `made`: what of it the pass had made. @returns what was undone meanwhile. */
  left(wrong: readonly Deviation[], made: readonly Deviation[], now: number): readonly Deviation[] {
    const again = thingsOf(made);
    const undone = wrong.filter((each) => this.#wasGood(each) || again.has(each.thing));
    this.#wrong = thingsOf(wrong);
    return this.#note(undone, now);
  }

  notNeeded(): void {
    this.#wrong = undefined;
  }

  /** What was undone and is good again; each is told once. */
  madeGood(): readonly string[] {
    const good = [...this.#undone].filter((thing) => this.#wrong?.has(thing) === false);
    for (const thing of good) this.#undone.delete(thing);
    return good;
  }

  /** It must not be made anew yet. */
  waits(wrong: readonly Deviation[], now: number): boolean {
    return wrong.some(({ thing }) => !this.#limiter.mayRepair(thing, now));
  }

  /** It was fought over until just now. */
  isUnsteady(now: number): boolean {
    return this.persisting(now).some((thing) => this.#limiter.quietMs(thing, now) < PROBATION_MS);
  }

  persisting(now: number): readonly string[] {
    return this.#limiter.persisting(now);
  }

  #wasGood({ thing }: Deviation): boolean {
    return this.#wrong?.has(thing) === false;
  }

  #note(undone: readonly Deviation[], now: number): readonly Deviation[] {
    for (const { thing } of undone) {
      this.#undone.add(thing);
      this.#limiter.undone(thing, now);
    }
    return undone;
  }
}

function thingsOf(deviations: readonly Deviation[]): ReadonlySet<string> {
  return new Set(deviations.map(({ thing }) => thing));
}
