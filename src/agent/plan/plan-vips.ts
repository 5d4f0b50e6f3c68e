/**
 * Decides in what order a host gets from what was seen to the VIPs that it shall hold.
 * The order is the promise: silence stands before the first VIP is bound and falls after the last one left, so that a
 * crash between any two steps leaves a host that answers nobody. It never unbinds what it did not bind. Pure.
 */
import { addressPlaces, isHostPlace, isIpv6, type HostView } from './host-view.js';

export type Step =
  | { readonly do: 'unbind'; readonly addresses: readonly string[] }
  | { readonly do: 'restore' }
  | { readonly do: 'silence' }
  | { readonly do: 'bind'; readonly addresses: readonly string[] };

export interface Situation {
  /** The VIPs that the host shall hold and that were not refused. */
  readonly wanted: ReadonlySet<string>;
  readonly view: HostView;
  /** The VIPs that this agent put on loopback, or was about to when it died. */
  readonly ours: ReadonlySet<string>;
  /** Whether this agent changed the host's settings and has not put them back. */
  readonly settingsChanged: boolean;
  /** Silence was tried and could not be read back; then no IPv4 VIP may be bound. */
  readonly silenceFailed: boolean;
}

export function planVips(situation: Situation): Step[] {
  const allowed = allowedVips(situation);
  const onLoopback = addressesOnLoopback(situation.view);
  const unbind = [...situation.ours].filter((address) => onLoopback.has(address) && !allowed.has(address));
  const bind = [...allowed].filter((address) => !onLoopback.has(address));
  return [
    ...(unbind.length > 0 ? [{ do: 'unbind', addresses: unbind } as const] : []),
    ...silenceSteps(situation),
    ...(bind.length > 0 ? [{ do: 'bind', addresses: bind } as const] : []),
  ];
}

function allowedVips({ wanted, silenceFailed }: Situation): ReadonlySet<string> {
  // IPv6 has no ARP, and neighbour discovery does not answer for an address of another interface.
  return silenceFailed ? new Set([...wanted].filter(isIpv6)) : wanted;
}

function silenceSteps({ wanted, view, settingsChanged, silenceFailed }: Situation): Step[] {
  const needed = [...wanted].some((address) => !isIpv6(address));
  if (needed) return view.silence.inForce || silenceFailed ? [] : [{ do: 'silence' }];
  return settingsChanged ? [{ do: 'restore' }] : [];
}

function addressesOnLoopback(view: HostView): ReadonlySet<string> {
  const held = new Set<string>();
  for (const [address, places] of addressPlaces(view)) {
    if (places.some((place) => isHostPlace(address, place))) held.add(address);
  }
  return held;
}
