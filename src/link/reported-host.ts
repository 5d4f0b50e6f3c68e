/**
 * What a node reports about its host's network, by the same rule for every role. Direct return rewrites Ethernet
 * addresses, so an interface without one (a tunnel, WireGuard) is of no use to it and is left out. Pure.
 */
import { isCanonicalAddress } from '../contract/canonical-address.js';
import type { ReportedHost } from '../contract/report.js';
import { isLinkLocal } from '../contract/link-local.js';
import type { HostAddress, HostInterface } from '../platform/host-interfaces.js';

/** As much of an interface as a report tells. */
export type DescribedInterface = Omit<HostInterface, 'index'>;

/** `isVip`: addresses that Homeward put there. */
export function reportedHost(
  interfaces: readonly DescribedInterface[],
  gateways: readonly string[],
  isVip: (address: HostAddress) => boolean = () => false,
): ReportedHost {
  return {
    interfaces: interfaces.flatMap(({ name, loopback, mac, up, mtu, addresses }) => {
      if (loopback || mac === null) return [];
      const told = addresses
        .filter((each) => !isVip(each) && !isLinkLocal(each.address) && isCanonicalAddress(each.address))
        .map(({ address, prefixLength }) => `${address}/${prefixLength}`);
      return [{ name, mac, up, mtu, addresses: told }];
    }),
    gateways: gateways.filter(isCanonicalAddress),
  };
}
