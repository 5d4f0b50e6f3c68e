/**
 * Reads an address from outside, once, and makes its one canonical text (RFC 5952 for IPv6).
 * Decides which addresses a VIP or a real server may have. It must never let through a spelling that two programs
 * read differently: 010.9.0.100 is 10.9.0.100 to PostgreSQL and 8.9.0.100 to nft.
 * The library only converts and matches; what it is given has passed a strict grammar of our own first.
 */
import ipaddr from 'ipaddr.js';
import { refusal, type AddressRefusal, type AddressRefusalReason } from './address-refusal.js';

declare const canonical: unique symbol;

export type AddressFamily = 'ipv4' | 'ipv6';

/** Canonical text of a unicast address; equal addresses are equal strings. */
export type Address = string & { readonly [canonical]: true };

const OCTET = '(?:[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])';
const STRICT_IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
/** What inet_aton and its kin take for an address: integers, hexadecimal, octal, fewer than four parts. */
const IPV4_LIKE = /^(?:0x[0-9a-f]{0,16}|[0-9]{1,16})(?:\.(?:0x[0-9a-f]{0,16}|[0-9]{1,16})){0,3}$/i;
const IPV6_GROUPS = /^[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,7}$/i;
const IPV6_GROUP_COUNT = 8;

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;
/** Parsed once: every address of every change is matched with all of them. */
type Range = readonly [base: Parsed, prefix: number, reason: AddressRefusalReason];

const REFUSED_IPV4: readonly Range[] = [
  range('0.0.0.0', 8, 'unspecified'),
  range('127.0.0.0', 8, 'loopback'),
  range('169.254.0.0', 16, 'link-local'),
  range('224.0.0.0', 4, 'multicast'),
  range('255.255.255.255', 32, 'broadcast'),
  range('240.0.0.0', 4, 'reserved'),
];

/** The first match counts. `::/96` held the IPv4-compatible addresses (RFC 4291, 2.5.5.1). */
const REFUSED_IPV6: readonly Range[] = [
  range('::', 128, 'unspecified'),
  range('::1', 128, 'loopback'),
  range('::', 96, 'v4-in-v6'),
  range('::ffff:0:0', 96, 'v4-in-v6'),
  range('fe80::', 10, 'link-local'),
  range('ff00::', 8, 'multicast'),
];

/** Global unicast and unique local addresses (RFC 4291, RFC 4193); nothing else is routed to a VIP. */
const ROUTED_IPV6 = [ipaddr.IPv6.parseCIDR('2000::/3'), ipaddr.IPv6.parseCIDR('fc00::/7')];

/** The canonical address, or why it cannot be that of a VIP or a real server. */
export function parseUsableAddress(text: string): Address | AddressRefusal {
  if (STRICT_IPV4.test(text)) return usableIpv4(text);
  if (IPV4_LIKE.test(text)) return refusal('ambiguous-spelling');
  if (isStrictIpv6(text)) return usableIpv6(text);
  if (!text.includes(':')) return refusal('not-an-address');
  if (text.includes('%')) return refusal('zone-id');
  return refusal(text.includes('.') ? 'v4-in-v6' : 'not-an-address');
}

/** True for the refusals of `parseUsableAddress`. */
export function isRefused(parsed: Address | AddressRefusal): parsed is AddressRefusal {
  return typeof parsed !== 'string';
}

/** An address that was checked before, such as one from the store. Throws where it was not. */
export function knownAddress(text: string): Address {
  const parsed = parseUsableAddress(text);
  if (isRefused(parsed) || parsed !== text) throw new TypeError('a known address is not canonical');
  return parsed;
}

export function familyOf(address: string): AddressFamily {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** Length in bits of an address of this family: also its longest prefix. */
export function addressBits(family: AddressFamily): 32 | 128 {
  return family === 'ipv4' ? 32 : 128;
}

/** Whether a subnet such as `192.0.2.0/24` (host bits may be set) holds the address. */
export function subnetContains(subnet: string, address: string): boolean {
  const [base, prefix] = subnet.split('/');
  if (base === undefined || prefix === undefined || familyOf(base) !== familyOf(address)) return false;
  return ipaddr.parse(address).match(ipaddr.parse(base), Number(prefix));
}

function isStrictIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !halves.every((half) => half === '' || IPV6_GROUPS.test(half))) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':'))).length;
  return halves.length === 1 ? groups === IPV6_GROUP_COUNT : groups < IPV6_GROUP_COUNT;
}

function usableIpv4(text: string): Address | AddressRefusal {
  const reason = reasonIn(REFUSED_IPV4, ipaddr.IPv4.parse(text));
  return reason === undefined ? (text as Address) : refusal(reason);
}

function usableIpv6(text: string): Address | AddressRefusal {
  const address = ipaddr.IPv6.parse(text);
  const reason = reasonIn(REFUSED_IPV6, address);
  if (reason !== undefined) return refusal(reason);
  if (!ROUTED_IPV6.some((routed) => address.match(routed))) return refusal('reserved');
  return address.toRFC5952String() as Address;
}

function range(base: string, prefix: number, reason: AddressRefusalReason): Range {
  return [ipaddr.parse(base), prefix, reason];
}

function reasonIn(ranges: readonly Range[], address: Parsed): AddressRefusalReason | undefined {
  return ranges.find(([base, prefix]) => address.match(base, prefix))?.[2];
}
