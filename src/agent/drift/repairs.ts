/**
 * Tells what somebody undid from what the agent has yet to do, counts it, and says what must not be repaired now.
 * Nothing that a document asks for, that a start finds, or that could not be brought about is ever taken for drift.
 * Pure: it is told what was seen, and when.
 */
import type { HostDrift } from '../../contract/report.js';
import type { Deviation } from '../../link/drift/deviation.js';
import type { HostView } from '../plan/host-view.js';
import type { Kept, Lock, Restraint } from '../../setup/host-plan/restraint.js';
import { DriftBook } from '../../link/drift/drift-book.js';
import { bootDeviations, guardDeviations, vipThing } from './find-deviations.js';
import { LockDrift, type Seen } from './lock-drift.js';
import type { Made } from './made.js';
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

export interface Moment {
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: number;
  /** Milliseconds since 1970. */
  readonly wall: number;
}

export interface Found extends Restraint {
  readonly undone: readonly Deviation[];
}

/** What silence depends on. */
const LOCKS: readonly Lock[] = ['silence', 'guard'];
const KEPT: readonly Kept[] = [...LOCKS, 'boot-settings'];

export class Repairs {
  readonly #book = new DriftBook();
  readonly #vips = new VipDrift();
  readonly #kept: Readonly<Record<Kept, LockDrift>> = {
    silence: new LockDrift(),
    guard: new LockDrift(),
    'boot-settings': new LockDrift(),
  };

  /** Before a pass: notes what was undone. */
  found(looked: Looked, { monotonic: now, wall }: Moment): Found {
    const undone = [
      ...this.#vips.found(looked.wanted, looked.view, now),
      ...KEPT.flatMap((kept) => this.#needed(kept, looked)?.found(this.#seen(kept, looked), now) ?? []),
    ];
    for (const deviation of undone) this.#book.undone(deviation, wall);
    return {
      undone,
      vips: new Set(this.#vips.waiting(looked.wanted, now)),
      locks: new Set(KEPT.filter((kept) => this.#kept[kept].waits(now))),
      unsteady: new Set(LOCKS.filter((lock) => this.#kept[lock].isUnsteady(now))),
    };
  }

  /** After it: notes what stands, and what does not. @returns what was undone before the pass was over. */
  left(looked: Looked, made: Made, { monotonic: now, wall }: Moment): readonly Deviation[] {
    const { wanted, gone, view } = looked;
    // The file for the next boot is no part of what was read back.
    const again = (kept: Kept) => kept !== 'boot-settings' && made.locks.has(kept);
    const undone = [
      ...this.#vips.left(wanted, view, made, now),
      ...KEPT.flatMap(
        (kept) => this.#needed(kept, looked)?.left(this.#seen(kept, looked), again(kept), now) ?? [],
      ),
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
    return [...KEPT.flatMap((kept) => this.#kept[kept].persisting(now)), ...this.#vips.persisting(now)];
  }

  #needed(kept: Kept, { silenceNeeded, guardNeeded }: Looked): LockDrift | undefined {
    const drift = this.#kept[kept];
    if (kept === 'guard' ? guardNeeded : silenceNeeded) return drift;
    drift.notNeeded();
    return undefined;
  }

  #noteGood(wanted: readonly string[]): void {
    const vips = wanted.filter((address) => this.#vips.stands(address)).map(vipThing);
    const kept = KEPT.flatMap((each) => this.#kept[each].madeGood());
    for (const thing of [...vips, ...kept]) this.#book.repaired(thing);
  }

  #seen(kept: Kept, { wanted, view }: Looked): Seen {
    switch (kept) {
      case 'silence':
        return { wrong: view.silence.deviations, whole: true };
      case 'boot-settings':
        return { wrong: bootDeviations(view), whole: true };
      case 'guard': {
        // A VIP that is yet to come is covered by the guard just before.
        const covered = wanted.filter((address) => this.#vips.stands(address));
        return { wrong: guardDeviations(covered, view), whole: view.partial !== true };
      }
    }
  }
}
