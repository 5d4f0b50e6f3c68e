/**
 * What was undone of one thing that the agent keeps up: settings, guard, or the file for the next boot. Undone is what
 * was good when it was last looked at, and what a pass made and left wrong all the same: whoever is fast undoes it
 * before the pass is over. As long as nobody needs it, nothing of it is undone. Pure.
 */
import type { Deviation } from '../../link/drift/deviation.js';
import { RepairLimiter } from '../../link/drift/repair-limiter.js';

/** So long a lock that was fought over must stand before a VIP comes to the host. */
const PROBATION_MS = 10_000;

export interface Seen {
  readonly wrong: readonly Deviation[];
  /** False where only a part was looked at: what is wrong elsewhere is then neither seen nor good. */
  readonly whole: boolean;
}

export class LockDrift {
  readonly #limiter = new RepairLimiter();
  /** What was wrong at the last look; undefined as long as nobody needs the lock. */
  #wrong: ReadonlySet<string> | undefined;
  /** Of it, what was not at the look before. */
  #fresh: ReadonlySet<string> = new Set();
  readonly #undone = new Set<string>();

  /** Before a pass. @returns what was undone. */
  found(seen: Seen, now: number): readonly Deviation[] {
    const before = this.#wrong ?? new Set<string>();
    const undone = seen.wrong.filter((each) => this.#wasGood(each));
    this.#wrong = this.#merged(seen);
    this.#fresh = new Set([...this.#wrong].filter((thing) => !before.has(thing)));
    return this.#note(undone, now);
  }

  /** After it. `made`: the pass made it, and read it back. @returns what was undone meanwhile. */
  left(seen: Seen, made: boolean, now: number): readonly Deviation[] {
    const undone = seen.wrong.filter((each) => made || this.#wasGood(each));
    this.#wrong = this.#merged(seen);
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

  /**
   * It must not be made anew yet: something of it is in a pause, and nothing else calls for it. What was wrong before
   * calls for nothing, for making it anew did not help, unless its own pause is over.
   */
  waits(now: number): boolean {
    const wrong = [...(this.#wrong ?? [])];
    const due = wrong.filter((thing) => this.#limiter.mayRepair(thing, now));
    const persisting = new Set(this.persisting(now));
    return due.length < wrong.length && !due.some((thing) => this.#fresh.has(thing) || persisting.has(thing));
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

  #merged({ wrong, whole }: Seen): ReadonlySet<string> {
    const things = wrong.map(({ thing }) => thing);
    return new Set(whole ? things : [...(this.#wrong ?? []), ...things]);
  }

  #note(undone: readonly Deviation[], now: number): readonly Deviation[] {
    for (const { thing } of undone) {
      this.#undone.add(thing);
      this.#limiter.undone(thing, now);
    }
    return undone;
  }
}
