/**
 * What the keeper asks about drift: it puts clock and log to what `drift/` decides. A VIP that is taken off again and
 * again is refused for a while, in the same manner as one that must not be put on this host.
 */
import type { HostDrift, ReportedCondition } from '../../contract/report.js';
import type { Logger } from '../../platform/logger.js';
import { repairsCondition } from '../../link/drift/drift-conditions.js';
import type { Made } from '../drift/made.js';
import { Repairs, type Looked, type Moment } from '../drift/repairs.js';
import type { Deviation } from '../../link/drift/deviation.js';
import type { VipRefusal } from '../plan/refuse-vip.js';
import { UNRESTRAINED, type Restraint } from '../../setup/host-plan/restraint.js';

/** Of all that was undone at once, so much is logged. */
const SOME = 5;
const HELD_BACK: VipRefusal = {
  reason: 'DriftPersists',
  message:
    'Something on this host takes the VIP off lo again and again. The agent waits longer each time before it puts it ' +
    'back. Find the program that does it, and have it leave lo alone.',
};

const LOCKS_FOUGHT_OVER: VipRefusal = {
  reason: 'DriftPersists',
  message:
    'Something on this host undoes again and again what keeps it silent; see the condition RepairsHold of the node. ' +
    'The VIP comes when that has stood for 10 s.',
};

export class DriftTracker {
  readonly #repairs = new Repairs();
  #restraint: Restraint = UNRESTRAINED;

  constructor(private readonly logger: Logger) {}

  /** Before a pass. @returns whether anything was undone. */
  found(looked: Looked): boolean {
    const { undone, ...restraint } = this.#repairs.found(looked, moment());
    this.#restraint = restraint;
    return this.#tell(undone);
  }

  /** After it. @returns whether anything was undone meanwhile. */
  left(looked: Looked, made: Made): boolean {
    return this.#tell(this.#repairs.left(looked, made, moment()));
  }

  /** What the pass must leave alone. */
  get restraint(): Restraint {
    return this.#restraint;
  }

  /** The last pass left something alone that is to be repaired later. */
  get waits(): boolean {
    const { vips, locks, unsteady } = this.#restraint;
    return vips.size + locks.size + unsteady.size > 0;
  }

  /** Why VIPs do not come now, where somebody fights over what keeps them silent. */
  get hindrance(): VipRefusal | undefined {
    return this.#restraint.unsteady.size > 0 ? LOCKS_FOUGHT_OVER : undefined;
  }

  /** Why the VIP is not bound now, where the reason is that somebody keeps taking it off. */
  refusal(address: string): VipRefusal | undefined {
    return this.#restraint.vips.has(address) ? HELD_BACK : undefined;
  }

  condition(): ReportedCondition {
    return repairsCondition('agent', this.#repairs.persisting(moment()));
  }

  describe(): HostDrift {
    return this.#repairs.describe();
  }

  #tell(undone: readonly Deviation[]): boolean {
    if (undone.length === 0) return false;
    const examples = undone.slice(0, SOME);
    this.logger.warn({ count: undone.length, examples }, 'somebody undid what this agent had set');
    return true;
  }
}

function moment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}
