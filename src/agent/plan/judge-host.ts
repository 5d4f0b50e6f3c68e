/**
 * Says after a pass over the host which VIPs are as they shall be, and what stands against the others. Pure.
 */
import type { VipFact } from '../../contract/report.js';
import { addressPlaces } from '../../setup/host-plan/seen-host.js';
import type { HostView } from './host-view.js';
import { judgeReleased, judgeVip, problemsOf } from './judge-vip.js';
import type { VipRefusal } from './refuse-vip.js';

export interface PassedHost {
  readonly wanted: Iterable<string>;
  /** VIPs that the host shall hold no more. */
  readonly gone: readonly string[];
  /** VIPs that the agent put there and must still take away, as its ledger says after the pass. */
  readonly ours: ReadonlySet<string>;
  /** VIPs that an operator put there and that the agent keeps silent. */
  readonly borrowed: ReadonlySet<string>;
  readonly view: HostView;
  readonly refusals: {
    refusal(key: string): VipRefusal | undefined;
    /** Why the VIP is left alone during a pause. */
    heldBack?(key: string): VipRefusal | undefined;
  };
  /** What a step failed with. */
  readonly failure: string | undefined;
  /** Why VIPs do not come now although no step failed. */
  readonly hindrance?: VipRefusal | undefined;
}

export interface VipTrouble extends VipRefusal {
  readonly bound: boolean;
}

export interface HostVerdict {
  readonly facts: readonly VipFact[];
  /** Facts about VIPs that need no further mention. */
  readonly released: readonly VipFact[];
  /** By document key. */
  readonly troubles: ReadonlyMap<string, VipTrouble>;
}

export function judgeHost(passed: PassedHost): HostVerdict {
  const places = addressPlaces(passed.view);
  const verdict = {
    facts: [] as VipFact[],
    released: [] as VipFact[],
    troubles: new Map<string, VipTrouble>(),
  };
  for (const key of passed.wanted) {
    const { refusals } = passed;
    const refusal = refusals.refusal(key);
    const hindrance = refusals.heldBack?.(key) ?? hindranceOf(key, passed);
    const fact = judgeVip(key, passed.view, places, refusal, hindrance);
    if (!fact.bound || !fact.silent) verdict.troubles.set(key, fact);
    // A key that is no address is a fault of its document, and there is no VIP to speak of.
    if (refusal?.reason !== 'NotCanonical') verdict.facts.push(fact);
  }
  for (const address of passed.gone) {
    if (!passed.ours.has(address)) {
      const fact = judgeReleased(address, passed.view, places);
      (passed.borrowed.has(address) ? verdict.facts : verdict.released).push(fact);
    } else {
      const stuck = { ...judgeVip(address, passed.view, places, undefined), ...unbindFailed(passed) };
      verdict.facts.push(stuck);
      verdict.troubles.set(address, stuck);
    }
  }
  return verdict;
}

function hindranceOf(address: string, { view, failure, hindrance }: PassedHost): VipRefusal | undefined {
  const problems = problemsOf(address, view);
  if (problems.length > 0) {
    const why = failure === undefined ? [] : [`The last step failed: ${failure}.`];
    return { reason: 'NotSilent', message: [...problems, ...why].join(' ') };
  }
  return failure === undefined ? hindrance : { reason: 'BindFailed', message: failure };
}

function unbindFailed({ failure }: PassedHost): VipRefusal {
  return {
    reason: 'UnbindFailed',
    message: failure ?? 'The VIP could not be taken off lo; it is tried again.',
  };
}
