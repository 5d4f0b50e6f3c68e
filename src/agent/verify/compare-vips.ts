/** Where each VIP should be, and where it is. Pure. */
import { isIpv6 } from '../../contract/canonical-address.js';
import { addressPlaces, isHostPlace, type AddressPlace } from '../../setup/host-plan/seen-host.js';
import type { HostView } from '../plan/host-view.js';
import type { Comparison } from './comparison.js';

export function compareVips(addresses: readonly string[], view: HostView): Comparison[] {
  const places = addressPlaces(view);
  return addresses.map((address) => {
    const wanted = isIpv6(address) ? 'on loopback as /128' : 'on loopback as /32';
    const here = places.get(address) ?? [];
    const right = here.length > 0 && here.every((place) => isHostPlace(address, place));
    return { thing: `VIP ${address}`, wanted, found: right ? wanted : foundAt(here) };
  });
}

function foundAt(places: readonly AddressPlace[]): string {
  if (places.length === 0) return 'nowhere';
  return places.map((place) => `on ${place.interface} as /${place.prefixLength}`).join(' and ');
}
