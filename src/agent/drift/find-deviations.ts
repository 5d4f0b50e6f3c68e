/** Lists what of a host is not as the agent wants it, each thing under the name that an administrator has for it. Pure. */
import type { Deviation } from '../../link/drift/deviation.js';
import { addressPlaces, isHostPlace, type AddressPlace } from '../../setup/host-plan/seen-host.js';
import type { HostView } from '../plan/host-view.js';

export function vipThing(address: string): string {
  return `VIP ${address}`;
}

/** Of these VIPs, those that are not on loopback alone. */
export function vipDeviations(addresses: Iterable<string>, view: HostView): Deviation[] {
  const places = addressPlaces(view);
  return [...addresses].flatMap((address) => {
    const here = places.get(address) ?? [];
    if (here.length > 0 && here.every((place) => isHostPlace(address, place))) return [];
    return [{ thing: vipThing(address), found: foundAt(here), wanted: 'on lo alone' }];
  });
}

/** Of what has the host set its settings by itself at the next boot. */
export function bootDeviations({ silence }: HostView): readonly Deviation[] {
  if (silence.kept) return [];
  return [{ thing: 'settings for the next boot', found: 'absent or changed', wanted: 'as written' }];
}

/** Of the guard. `covered`: VIPs that it must cover. */
export function guardDeviations(covered: readonly string[], { guard }: HostView): readonly Deviation[] {
  const thing = 'guard of the VIPs';
  if (!guard.inForce) return [{ thing, found: guard.standing ? 'changed' : 'absent', wanted: 'as loaded' }];
  const missing = covered.filter((address) => !guard.addresses.has(address));
  if (missing.length === 0) return [];
  return [{ thing, found: `without ${missing.length} of the VIPs`, wanted: 'with all of them' }];
}

function foundAt(places: readonly AddressPlace[]): string {
  if (places.length === 0) return 'absent';
  const [first, ...others] = places.map((place) => `on ${place.interface} as /${place.prefixLength}`);
  return others.length === 0 ? `${first}` : `${first} and elsewhere`;
}
