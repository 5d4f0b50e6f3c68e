/** As much of a host as decides what is to be done there. Pure. */
import { isIpv6 } from '../../contract/canonical-address.js';

export interface InterfaceAddress {
  /** Canonical text. */
  readonly address: string;
  readonly prefixLength: number;
}

export interface HostInterface {
  readonly name: string;
  readonly loopback: boolean;
  /** Null for an interface without an Ethernet address. */
  readonly mac: string | null;
  readonly up: boolean;
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
}

/** Whether any interface could answer or announce ARP for an address on loopback. */
export interface SeenSilence {
  readonly inForce: boolean;
  /** Whether the host would set these settings by itself after a reboot. */
  readonly kept: boolean;
  /** An IPv6 VIP depends on them as well. Absent: they are of ARP alone. */
  readonly forIpv6?: true;
}

/** The second lock: what keeps questions for a VIP from being heard, and claims of one from leaving the host. */
export interface SeenGuard {
  /** Something of it is there. */
  readonly standing: boolean;
  /** All of its rules are there, as the agent put them. */
  readonly inForce: boolean;
  /** The addresses that it covers; empty where it is not in force. */
  readonly addresses: ReadonlySet<string>;
  /** It lets clients in and keeps nobody out, so that the settings alone keep the host silent. */
  readonly admitsOnly?: true;
}

export interface SeenHost {
  readonly interfaces: readonly HostInterface[];
  /** Next hops of default routes. */
  readonly gateways: readonly string[];
  readonly silence: SeenSilence;
  readonly guard: SeenGuard;
  /** It shows a few addresses alone, as if there were no others. */
  readonly partial?: true;
}

/** Where each address of the host is; one address may be in several places. */
export type AddressPlaces = ReadonlyMap<string, readonly AddressPlace[]>;

export interface AddressPlace {
  readonly interface: string;
  readonly loopback: boolean;
  readonly prefixLength: number;
}

export function addressPlaces(view: SeenHost): AddressPlaces {
  const places = new Map<string, AddressPlace[]>();
  for (const { name, loopback, addresses } of view.interfaces) {
    for (const { address, prefixLength } of addresses) {
      const place = { interface: name, loopback, prefixLength };
      const others = places.get(address);
      if (others === undefined) places.set(address, [place]);
      else others.push(place);
    }
  }
  return places;
}

/** Whether a VIP may stand only where the settings are in force. */
export function needsSettings(address: string, { forIpv6 }: Pick<SeenSilence, 'forIpv6'>): boolean {
  return forIpv6 === true || !isIpv6(address);
}

/** On loopback, and as this one address alone: a wider prefix there would make a whole subnet local. */
export function isHostPlace(address: string, place: AddressPlace): boolean {
  return place.loopback && place.prefixLength === (isIpv6(address) ? 128 : 32);
}

/** With whatever prefix. */
export function isOnLoopback(address: string, places: AddressPlaces): boolean {
  return places.get(address)?.some((place) => place.loopback) ?? false;
}
