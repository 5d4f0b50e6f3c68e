/**
 * Decides which VIPs the agent must let go of, whatever it was told, for they would cut the host off: its own address
 * and its gateway. Either may come after the VIP was bound, by DHCP or a route that is set late. In the guard, its own
 * address makes the host unreachable; on loopback, the gateway makes it reach nobody. Pure.
 */
import { isLinkLocal } from '../../contract/link-local.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import type { AddressPlaces, SeenHost } from './seen-host.js';

export type Harm = 'own-address' | 'gateway';

/** `vips`: all that the agent shall hold, holds or held. */
export function harmfulVips(
  vips: ReadonlySet<string>,
  view: SeenHost,
  places: AddressPlaces,
): ReadonlyMap<string, Harm> {
  const gateways = new Set(view.gateways);
  const harms = [...vips].flatMap((vip): (readonly [string, Harm])[] => {
    if (isOwn(vip, vips, view, places)) return [[vip, 'own-address']];
    return gateways.has(vip) ? [[vip, 'gateway']] : [];
  });
  return new Map(harms);
}

/**
 * The only address of its family on a network card is how the host is reached there. Beside another one it is a VIP that
 * somebody put there by mistake: the host is reached without it, and must not answer for it.
 */
function isOwn(vip: string, vips: ReadonlySet<string>, view: SeenHost, places: AddressPlaces): boolean {
  // What is left out of a view may be the other address.
  if (view.partial === true) return false;
  const cards = (places.get(vip) ?? []).filter(({ loopback }) => !loopback);
  return cards.some((card) => {
    const all = view.interfaces.find(({ name }) => name === card.interface)?.addresses ?? [];
    return !all.some(
      ({ address }) => !vips.has(address) && isIpv6(address) === isIpv6(vip) && !isLinkLocal(address),
    );
  });
}
