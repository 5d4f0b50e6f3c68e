/**
 * Whether a text is the one canonical spelling of an IP address (dotted decimal; RFC 5952 for IPv6).
 * Both ends of the wire hold to it, so equal addresses are equal strings, and no second spelling, zone id, prefix or
 * host name can ever get as far as a command. It says nothing about what an address is good for.
 */
import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

const OCTET = '(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])';
const CANONICAL_IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
/** Neither dots (an IPv4 address inside) nor a zone id. */
const PLAIN_IPV6 = /^[0-9a-f:]{2,39}$/;

export function isCanonicalAddress(text: string): boolean {
  return CANONICAL_IPV4.test(text) || isCanonicalIpv6(text);
}

/** Of a canonical address: the other family has no colon. */
export function isIpv6(address: string): boolean {
  return address.includes(':');
}

function isCanonicalIpv6(text: string): boolean {
  if (!PLAIN_IPV6.test(text) || !isIPv6(text)) return false;
  const parsed = ipaddr.IPv6.parse(text);
  return !parsed.isIPv4MappedAddress() && parsed.toRFC5952String() === text;
}
