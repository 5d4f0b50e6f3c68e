/**
 * Tells what somebody undid from what the agent has yet to do, counts it, and says what must not be repaired now.
 * Nothing that a document asks for, that a start finds, or that could not be brought about is ever taken for drift.
 * Pure: it is told what was seen, and when.
 */
import type { HostDrift } from '../../contract/report.js';
import type { Deviation, HostView } from '../plan/host-view.js';
import type { Lock, Restraint } from '../plan/restraint.js';
import { DriftBook } from './drift-book.js';
import { guardDeviations, silenceDeviations, vipThing } from './find-deviations.js';
import { LockDrift } from './lock-drift.js';
import { VipDrift } from './vip-drift.js';

/** What a pass is about. */
export interface Looked {
  /** VIPs that the host shall hold. */
  readonly wanted: readonly string[];
  /** VIPs that it shall hold no more. */
  readonly gone: readonly string[];
  /** Whether the host, and not these VIPs alone, shall be silent. */
  readonly silenceNeeded: boolean;
  /** Whether it shall hold any VIP. */
  readonly guardNeeded: boolean;
  readonly view: HostView;
}

/** What the pass brought about and saw done. */
export interface Made {
  readonly vips: ReadonlySet<string>;
  readonly locks: ReadonlySet<Lock>;
}

export interface Moment {
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: number;
  /** Milliseconds since 1970. */
  readonly wall: number;
}

export interface Found extends Restraint {
  readonly undone: readonly Deviation[];
}

const LOCKS: readonly Lock[] = ['silence', 'guard'];

export class Repairs {
  readonly #book = new DriftBook();
  readonly #vips = new VipDrift();
  readonly #locks: Readonly<Record<Lock, LockDrift>> = { silence: new LockDrift(), guard: new LockDrift() };

  /** Before a pass: notes what was undone. */
  found(looked: Looked, { monotonic: now, wall }: Moment): Found {
    const wrong = this.#wrong(looked);
    const undone = [
      ...this.#vips.found(looked.wanted, looked.view, now),
      ...LOCKS.flatMap((lock) => this.#needed(lock, looked)?.found(wrong[lock], now) ?? []),
    ];
    for (const deviation of undone) this.#book.undone(deviation, wall);
    return {
      undone,
      vips: new Set(this.#vips.waiting(looked.wanted, now)),
      locks: new Set(LOCKS.filter((lock) => this.#locks[lock].waits(wrong[lock], now))),
      unsteady: new Set(LOCKS.filter((lock) => this.#locks[lock].isUnsteady(now))),
    };
  }

  /** After it: notes what stands, and what does not. @returns what was undone before the pass was over. */
  left(looked: Looked, made: Made, { monotonic: now, wall }: Moment): readonly Deviation[] {
    const { wanted, gone, view } = looked;
    const wrong = this.#wrong(looked);
    const again = {
      // The file for the next boot is no part of what was read back.
      silence: made.locks.has('silence') ? view.silence.deviations : [],
      guard: made.locks.has('guard') ? wrong.guard : [],
    };
    const undone = [
      ...this.#vips.left(wanted, view, made.vips, now),
      ...LOCKS.flatMap((lock) => this.#needed(lock, looked)?.left(wrong[lock], again[lock], now) ?? []),
    ];
    for (const deviation of undone) this.#book.undone(deviation, wall);
    this.#vips.forget(gone);
    this.#noteGood(wanted);
    return undone;
  }

  describe(): HostDrift {
    return this.#book.describe();
  }

  /** What somebody keeps undoing. */
  persisting({ monotonic: now }: Moment): readonly string[] {
    return [...LOCKS.flatMap((lock) => this.#locks[lock].persisting(now)), ...this.#vips.persisting(now)];
  }

  #needed(lock: Lock, { silenceNeeded, guardNeeded }: Looked): LockDrift | undefined {
    const drift = this.#locks[lock];
    if (lock === 'silence' ? silenceNeeded : guardNeeded) return drift;
    drift.notNeeded();
    return undefined;
  }

  #noteGood(wanted: readonly string[]): void {
    const vips = wanted.filter((address) => this.#vips.stands(address)).map(vipThing);
    const locks = LOCKS.flatMap((lock) => this.#locks[lock].madeGood());
    for (const thing of [...vips, ...locks]) this.#book.repaired(thing);
  }

  #wrong({ wanted, silenceNeeded, guardNeeded, view }: Looked): Readonly<Record<Lock, readonly Deviation[]>> {
    // A VIP that is yet to come is covered by the guard just before.
    const covered = wanted.filter((address) => this.#vips.stands(address));
    return {
      silence: silenceNeeded ? silenceDeviations(view) : [],
      guard: guardNeeded ? guardDeviations(covered, view) : [],
    };
  }
}
