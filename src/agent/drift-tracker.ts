/**
 * What the keeper asks about drift: it puts clock and log to what `drift/` decides. A VIP that is taken off again and
 * again is refused for a while, in the same manner as one that must not be put on this host.
 */
import type { HostDrift, ReportedCondition } from '../contract/report.js';
import type { Logger } from '../platform/logger.js';
import { repairsCondition } from './drift/drift-conditions.js';
import { vipThing } from './drift/find-deviations.js';
import { Repairs, type Looked, type Moment } from './drift/repairs.js';
import type { VipRefusal } from './plan/refuse-vip.js';

/** Of all that was undone at once, so much is logged. */
const SOME = 5;
const HELD_BACK: VipRefusal = {
  reason: 'DriftPersists',
  message:
    'Something on this host takes the VIP off lo again and again. The agent waits longer each time before it puts it ' +
    'back. Find the program that does it, and have it leave lo alone.',
};

export class DriftTracker {
  readonly #repairs = new Repairs();
  #heldBack: ReadonlySet<string> = new Set();

  constructor(private readonly logger: Logger) {}

  /** Before a pass. @returns whether anything was undone. */
  found(looked: Looked): boolean {
    const { undone, heldBack } = this.#repairs.found(looked, moment());
    this.#heldBack = heldBack;
    if (undone.length === 0) return false;
    const examples = undone.slice(0, SOME);
    this.logger.warn({ count: undone.length, examples }, 'somebody undid what this agent had set');
    return true;
  }

  /** After it. */
  left(looked: Looked): void {
    this.#repairs.left(looked);
  }

  /** The last pass left something alone that is to be repaired later. */
  get waits(): boolean {
    return this.#heldBack.size > 0;
  }

  /** Why the VIP is not bound now, where the reason is that somebody keeps taking it off. */
  refusal(address: string): VipRefusal | undefined {
    return this.#heldBack.has(vipThing(address)) ? HELD_BACK : undefined;
  }

  condition(): ReportedCondition {
    return repairsCondition(this.#repairs.persisting(moment()));
  }

  describe(): HostDrift {
    return this.#repairs.describe();
  }
}

function moment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}
