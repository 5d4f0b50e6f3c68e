/**
 * Decides whether a VIP would hurt this host, whatever the control plane says. Everything that passes here is about to
 * become an argument of a command, so the spelling is checked once more. Pure.
 */
import ipaddr from 'ipaddr.js';
import { isCanonicalAddress } from '../../contract/canonical-address.js';
import type { VipDocument } from '../../contract/documents.js';
import { isHostPlace, type AddressPlaces } from '../../setup/host-plan/seen-host.js';
import type { HostView } from './host-view.js';

export interface VipRefusal {
  readonly reason: string;
  readonly message: string;
}

/** Ranges, as ipaddr.js names them, that no VIP can come from. */
const UNUSABLE_RANGES: ReadonlySet<string> = new Set([
  'unspecified',
  'loopback',
  'multicast',
  'broadcast',
  'linkLocal',
  'ipv4Mapped',
]);

/** Why the document's VIP must not be put on any host, or undefined. */
export function refuseAddress(
  key: string,
  { address }: Pick<VipDocument, 'address'>,
): VipRefusal | undefined {
  if (!isCanonicalAddress(address) || key !== address) {
    return {
      reason: 'NotCanonical',
      message: 'The VIP is not spelled canonically; it never reaches a command.',
    };
  }
  const range = ipaddr.parse(address).range();
  if (!UNUSABLE_RANGES.has(range)) return undefined;
  return { reason: 'NotUsable', message: `${address} is no address that clients can reach (${range}).` };
}

/** Why the VIP must not be put on this host, or undefined. */
export function refuseHere(address: string, view: HostView, places: AddressPlaces): VipRefusal | undefined {
  const elsewhere = places.get(address)?.find((place) => !isHostPlace(address, place));
  if (elsewhere?.loopback === false) {
    return {
      reason: 'OwnAddress',
      message: `${address} is an address of ${elsewhere.interface}, which answers for it. Remove it there, or choose another VIP.`,
    };
  }
  if (elsewhere !== undefined) {
    return {
      reason: 'WiderPrefixOnLoopback',
      message: `${address} is on ${elsewhere.interface} as /${elsewhere.prefixLength}, which makes a whole subnet local. Remove it there.`,
    };
  }
  if (view.gateways.includes(address)) {
    return { reason: 'IsGateway', message: `${address} is this host's gateway. Choose another VIP.` };
  }
  return undefined;
}
