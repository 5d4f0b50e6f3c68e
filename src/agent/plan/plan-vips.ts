/**
 * Decides in what order a host gets from what was seen to the VIPs that it shall hold.
 * The order is the promise: silence stands before the first VIP is bound and falls after the last one left, so that a
 * crash between any two steps leaves a host that answers nobody. It never unbinds what it did not bind. Pure.
 */
import { addressPlaces, isHostPlace, isIpv6, isOnLoopback, type HostView } from './host-view.js';

export type Step =
  | { readonly do: 'unbind'; readonly addresses: readonly string[] }
  | { readonly do: 'restore' }
  | { readonly do: 'silence' }
  | { readonly do: 'bind'; readonly addresses: readonly string[] };

export interface Situation {
  /** The VIPs in question that the host shall hold and that were not refused. */
  readonly wanted: ReadonlySet<string>;
  /** The VIPs in question that it shall hold no more. */
  readonly gone: readonly string[];
  /** Whether the host shall hold an IPv4 VIP, one in question or another. */
  readonly silenceNeeded: boolean;
  readonly view: HostView;
  /** The VIPs that this agent put on loopback, or was about to when it died. */
  readonly ours: ReadonlySet<string>;
  /** The VIPs that this agent holds or held and that an operator put on loopback. */
  readonly borrowed: ReadonlySet<string>;
  /** Whether this agent changed the host's settings and has not put them back. */
  readonly settingsChanged: boolean;
  /** Silence was tried and could not be read back; then no IPv4 VIP may be bound. */
  readonly silenceFailed: boolean;
}

export function planVips(situation: Situation): Step[] {
  const { wanted, gone, ours, silenceFailed, view } = situation;
  // IPv6 has no ARP, and neighbour discovery does not answer for an address of another interface.
  const mayStand = (address: string): boolean => !silenceFailed || isIpv6(address);
  const onLoopback = addressesOnLoopback(view);
  const leaving = [...gone, ...[...wanted].filter((address) => !mayStand(address))];
  const unbind = leaving.filter((address) => ours.has(address) && onLoopback.has(address));
  const bind = [...wanted].filter((address) => mayStand(address) && !onLoopback.has(address));
  return [
    ...(unbind.length > 0 ? [{ do: 'unbind', addresses: unbind } as const] : []),
    ...silenceSteps(situation),
    ...(bind.length > 0 ? [{ do: 'bind', addresses: bind } as const] : []),
  ];
}

function silenceSteps(situation: Situation): Step[] {
  const { silenceNeeded, view, borrowed, settingsChanged, silenceFailed } = situation;
  if (silenceNeeded) return view.silence.inForce || silenceFailed ? [] : [{ do: 'silence' }];
  // A VIP that an operator put there stays, and would answer once the settings are back.
  return settingsChanged && !lingering(borrowed, view) ? [{ do: 'restore' }] : [];
}

/** Whether an IPv4 address of these stands on loopback. */
export function lingering(addresses: Iterable<string>, view: HostView): boolean {
  const places = addressPlaces(view);
  return [...addresses].some((address) => !isIpv6(address) && isOnLoopback(address, places));
}

function addressesOnLoopback(view: HostView): ReadonlySet<string> {
  const held = new Set<string>();
  for (const [address, places] of addressPlaces(view)) {
    if (places.some((place) => isHostPlace(address, place))) held.add(address);
  }
  return held;
}
