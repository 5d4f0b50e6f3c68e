/** A host, and what is planned for it. */
import { isIpv6 } from '../../contract/canonical-address.js';
import type { HostView } from '../../agent/plan/host-view.js';
import { UNRESTRAINED } from './restraint.js';
import { planVips, type Situation, type Step } from './plan-vips.js';

export const VIP = '192.0.2.200';
export const VIP6 = '2001:db8::200';

/** `guarded`: null where there is no guard. */
export function view(
  onLoopback: readonly string[],
  silent: boolean,
  guarded: readonly string[] | null = onLoopback,
): HostView {
  const addresses = onLoopback.map((address) => ({ address, prefixLength: isIpv6(address) ? 128 : 32 }));
  const lo = { name: 'lo', loopback: true, mac: null, up: true, mtu: 65_536, addresses };
  return {
    interfaces: [lo],
    gateways: [],
    silence: { inForce: silent, deviations: [], problems: silent ? [] : ['x'], kept: true },
    guard: { standing: guarded !== null, inForce: guarded !== null, addresses: new Set(guarded), advice: '' },
  };
}

/** The same host with a network card, and these addresses on it. */
export function withCard(seen: HostView, ...onCard: readonly string[]): HostView {
  const addresses = onCard.map((address) => ({ address, prefixLength: isIpv6(address) ? 64 : 24 }));
  const eth0 = { name: 'eth0', loopback: false, mac: null, up: true, mtu: 1500, addresses };
  return { ...seen, interfaces: [...seen.interfaces, eth0] };
}

export const NOTHING = view([], false, null);

export function plan(over: Partial<Situation>): Step[] {
  const wanted = over.wanted ?? new Set();
  return planVips({
    wanted,
    gone: [...(over.ours ?? [])].filter((address) => !wanted.has(address)),
    silenceNeeded: [...wanted].some((address) => !isIpv6(address)),
    guardNeeded: wanted.size > 0,
    view: NOTHING,
    ours: new Set(),
    borrowed: new Set(),
    awaited: [],
    settingsChanged: false,
    failed: new Set(),
    restraint: UNRESTRAINED,
    ...over,
  });
}
