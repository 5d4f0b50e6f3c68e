/** Says what is true about one VIP on this host, and what to do where that is not enough. Pure. */
import type { VipFact } from '../../contract/report.js';
import { isHostPlace, needsSettings, type AddressPlaces } from '../../setup/host-plan/seen-host.js';
import type { HostView } from './host-view.js';
import type { VipRefusal } from './refuse-vip.js';

/**
 * `refusal`: why this host must not hold the VIP; then it is not held, wherever it may be. `hindrance`: why it does not
 * come, where the agent knows.
 */
export function judgeVip(
  address: string,
  view: HostView,
  places: AddressPlaces,
  refusal: VipRefusal | undefined,
  hindrance?: VipRefusal,
): VipFact {
  const here = places.get(address) ?? [];
  const others = here.filter((place) => !isHostPlace(address, place));
  const bound = here.length > 0 && others.length === 0;
  const locks = problemsOf(address, view);
  const silent = others.length === 0 && locks.length === 0;
  if (refusal !== undefined) return { address, bound: false, silent, ...refusal };
  if (bound && silent)
    return {
      address,
      bound,
      silent,
      reason: 'Held',
      message: `The VIP is on ${loopbackOf(view)}, and no interface answers for it.`,
    };
  if (hindrance !== undefined) return { address, bound, silent, ...hindrance };
  if (!bound)
    return {
      address,
      bound,
      silent,
      reason: 'NotBound',
      message: `The VIP is not on ${loopbackOf(view)}. The agent puts it there again.`,
    };
  return { address, bound, silent, reason: 'NotSilent', message: locks.join(' ') };
}

/** What stands against the silence of a VIP on loopback, in words that tell what to do. */
export function problemsOf(address: string, { silence, guard }: HostView): readonly string[] {
  const settings = !needsSettings(address, silence) || silence.inForce ? [] : silence.problems;
  if (guard.addresses.has(address)) return settings;
  return [...settings, `The guard does not cover the VIP; the agent sees to it. ${guard.advice}`];
}

/** For a VIP that the host shall hold no more and that the agent has not put there, or has taken away. */
export function judgeReleased(address: string, view: HostView, places: AddressPlaces): VipFact {
  const { bound, silent } = judgeVip(address, view, places, undefined);
  if (!places.has(address)) {
    return { address, bound, silent: true, reason: 'Released', message: 'The VIP is on this host no more.' };
  }
  const message =
    'The VIP was on this host before Homeward held it and stays there; remove it by hand if it is not needed.';
  return { address, bound, silent, reason: 'LeftToOperator', message };
}

function loopbackOf({ interfaces }: HostView): string {
  return interfaces.find(({ loopback }) => loopback)?.name ?? 'the loopback interface';
}
