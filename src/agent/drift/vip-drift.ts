/**
 * Which VIPs were undone: those that stood when they were last looked at, and those that a pass bound and that are gone
 * when it is over. A VIP that never stood is work that is yet to be done. Pure.
 */
import { vipDeviations, vipThing } from './find-deviations.js';
import type { Deviation } from '../../link/drift/deviation.js';
import type { HostView } from '../plan/host-view.js';
import { RepairLimiter } from '../../link/drift/repair-limiter.js';
import type { Made } from './made.js';

export class VipDrift {
  readonly #limiter = new RepairLimiter();
  readonly #standing = new Set<string>();

  /** Before a pass. @returns what was undone. */
  found(wanted: readonly string[], view: HostView, now: number): readonly Deviation[] {
    return this.#fallen(wanted, view, new Set(), now);
  }

  /** After it. @returns what was undone meanwhile. */
  left(
    wanted: readonly string[],
    view: HostView,
    { vips: bound, unbound }: Pick<Made, 'vips' | 'unbound'>,
    now: number,
  ): readonly Deviation[] {
    // What the agent took off itself, nobody undid.
    for (const address of unbound) this.#standing.delete(address);
    const undone = this.#fallen(wanted, view, bound, now);
    const wrong = new Set(vipDeviations(wanted, view).map(({ thing }) => thing));
    for (const address of wanted) if (!wrong.has(vipThing(address))) this.#standing.add(address);
    return undone;
  }

  /** Nobody wants these any more. */
  forget(gone: readonly string[]): void {
    for (const address of gone) {
      this.#standing.delete(address);
      this.#limiter.forget(vipThing(address));
    }
  }

  stands(address: string): boolean {
    return this.#standing.has(address);
  }

  /** Of these, the VIPs that are gone and must not be put back yet. */
  waiting(wanted: readonly string[], now: number): readonly string[] {
    return wanted.filter(
      (address) => !this.#standing.has(address) && !this.#limiter.mayRepair(vipThing(address), now),
    );
  }

  persisting(now: number): readonly string[] {
    return this.#limiter.persisting(now);
  }

  #fallen(
    wanted: readonly string[],
    view: HostView,
    made: ReadonlySet<string>,
    now: number,
  ): readonly Deviation[] {
    const expected = wanted.filter((address) => this.#standing.has(address) || made.has(address));
    const undone = vipDeviations(expected, view);
    const things = new Set(undone.map(({ thing }) => thing));
    for (const address of expected) if (things.has(vipThing(address))) this.#standing.delete(address);
    for (const thing of things) this.#limiter.undone(thing, now);
    return undone;
  }
}
