/**
 * The rules of the guard, for nft: no question for a VIP gets in, and no claim of one out. They match VIPs alone, so
 * that every other address is resolved, announced and checked for duplicates as ever. Pure.
 */
import { isIpv6 } from '../../contract/canonical-address.js';

export type GuardFamily = 'arp' | 'ip6';
export const GUARD_FAMILIES: readonly GuardFamily[] = ['arp', 'ip6'];

/**
 * The neighbour that an ICMPv6 message is about stands 8 bytes into it (RFC 4861, 4.3 and 4.4), and the sender 8 bytes
 * into the IPv6 header. nft 1.0.6 has no word for the first, and compares one set with plain bytes only.
 */
export const ND_TARGET = '@th,64,128';
const SENDER = '@nh,64,128';
/** Before every other rule of the host. */
export const GUARD_PRIORITY = -300;

export interface GuardRules {
  readonly input: readonly string[];
  readonly output: readonly string[];
}

/**
 * `vips`: a set of them, or one element as nft writes it. A probe of somebody else for the VIP is a question as well: a
 * real server has nothing to say to it.
 */
export function guardRules(family: GuardFamily, vips: string): GuardRules {
  if (family === 'arp') {
    return {
      input: [`arp operation request arp daddr ip ${vips} drop`],
      output: [`arp saddr ip ${vips} drop`],
    };
  }
  return {
    input: [`iifname != "lo" icmpv6 type nd-neighbor-solicit ${ND_TARGET} ${vips} drop`],
    output: [
      `oifname != "lo" icmpv6 type nd-neighbor-advert ${ND_TARGET} ${vips} drop`,
      `oifname != "lo" icmpv6 type nd-neighbor-solicit ${SENDER} ${vips} drop`,
    ],
  };
}

export function guardFamily(address: string): GuardFamily {
  return isIpv6(address) ? 'ip6' : 'arp';
}
