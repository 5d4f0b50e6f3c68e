/** Lines for `ip -batch -` that put a VIP on loopback and take it off. Pure. */
import { isIpv6 } from '../../contract/canonical-address.js';

/** No broadcast address, and no duplicate detection: the director holds the same VIP on purpose. */
export function bindLine(address: string): string {
  return isIpv6(address) ? `address add ${address}/128 dev lo nodad` : `address add ${address}/32 dev lo`;
}

export function unbindLine(address: string): string {
  return `address del ${address}/${isIpv6(address) ? 128 : 32} dev lo`;
}
