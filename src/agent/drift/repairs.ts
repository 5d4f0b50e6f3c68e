/**
 * Tells what somebody undid from what the agent has yet to do, counts it, and says which of it is not to be repaired
 * now. Undone is only what stood when the agent last left it; so nothing that a document asks for, that a start finds,
 * or that could not be brought about is ever taken for drift. Pure: it is told what was seen, and when.
 */
import type { HostDrift } from '../../contract/report.js';
import type { Deviation, HostView } from '../plan/host-view.js';
import { DriftBook } from './drift-book.js';
import { silenceDeviations, vipDeviations, vipThing } from './find-deviations.js';
import { RepairLimiter } from './repair-limiter.js';

/** What a pass is about. */
export interface Looked {
  /** VIPs that the host shall hold. */
  readonly wanted: readonly string[];
  /** VIPs that it shall hold no more. */
  readonly gone: readonly string[];
  /** Whether the host, and not these VIPs alone, shall be silent. */
  readonly silenceNeeded: boolean;
  readonly view: HostView;
}

export interface Moment {
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: number;
  /** Milliseconds since 1970. */
  readonly wall: number;
}

export interface Found {
  readonly undone: readonly Deviation[];
  /** The things that must not be repaired yet. */
  readonly heldBack: ReadonlySet<string>;
}

export class Repairs {
  readonly #book = new DriftBook();
  readonly #limiter = new RepairLimiter();
  /** VIPs that stood when they were last looked at. */
  readonly #standing = new Set<string>();
  /** What was left against silence; undefined as long as nobody needs silence. */
  #againstSilence: ReadonlySet<string> | undefined;
  /** What was undone of silence and not yet made good. */
  readonly #unsilenced = new Set<string>();

  /** Notes what was undone. */
  found({ wanted, silenceNeeded, view }: Looked, { monotonic, wall }: Moment): Found {
    const vips = vipDeviations(wanted, view);
    const silence = silenceNeeded ? silenceDeviations(view) : [];
    const unsilenced = silence.filter(({ thing }) => this.#againstSilence?.has(thing) === false);
    for (const { thing } of unsilenced) this.#unsilenced.add(thing);
    const undone = [...vips.filter(({ thing }) => this.#standing.has(thing)), ...unsilenced];
    for (const deviation of undone) {
      this.#book.undone(deviation, wall);
      this.#limiter.undone(deviation.thing, monotonic);
    }
    const things = [...vips, ...silence].map(({ thing }) => thing);
    return {
      undone,
      heldBack: new Set(things.filter((thing) => !this.#limiter.mayRepair(thing, monotonic))),
    };
  }

  /** Notes what stands after the pass, and what does not. */
  left({ wanted, gone, silenceNeeded, view }: Looked): void {
    const fallen = thingsOf(vipDeviations(wanted, view));
    for (const thing of wanted.map(vipThing)) {
      if (fallen.has(thing)) this.#standing.delete(thing);
      else this.#stands(thing);
    }
    for (const thing of gone.map(vipThing)) {
      this.#standing.delete(thing);
      this.#limiter.forget(thing);
    }
    this.#againstSilence = silenceNeeded ? thingsOf(silenceDeviations(view)) : undefined;
    for (const thing of this.#unsilenced) {
      if (this.#againstSilence?.has(thing) !== false) continue;
      this.#unsilenced.delete(thing);
      this.#book.repaired(thing);
    }
  }

  describe(): HostDrift {
    return this.#book.describe();
  }

  /** What somebody keeps undoing. */
  persisting({ monotonic }: Moment): readonly string[] {
    return this.#limiter.persisting(monotonic);
  }

  #stands(thing: string): void {
    this.#standing.add(thing);
    this.#book.repaired(thing);
  }
}

function thingsOf(deviations: readonly Deviation[]): ReadonlySet<string> {
  return new Set(deviations.map(({ thing }) => thing));
}
