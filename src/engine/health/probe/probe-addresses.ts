/**
 * Addresses inside the probe's namespace. Each real server's host has a number, and a socket that shall reach this host
 * has an address with the number in it, and with that of the director's own address that it leaves with. None of these
 * ever leaves the namespace: 240.0.0.0/4 is reserved (RFC 1112), 100::/64 leads nowhere (RFC 6666).
 */
import { isIPv6 } from 'node:net';

export const PROBE_NETWORK4 = '240.0.0.0/4';
export const PROBE_NETWORK6 = '100::/64';

const HOST_BITS = 20;
/** Without the last, whose highest address is the broadcast address of all. */
export const MOST_SEGMENTS = 255;
export const MOST_HOSTS = 2 ** HOST_BITS - 1;
const RESERVED = 0xf000_0000;

/** @param vip tells the family. */
export function probeAddress(vip: string, segment: number, host: number): string {
  return isIPv6(vip)
    ? `100::${segment.toString(16)}:${(host >>> 16).toString(16)}:${(host & 0xffff).toString(16)}`
    : dotted(RESERVED + segment * 2 ** HOST_BITS + host);
}

/** All of them that leave with one of the director's addresses. */
export function probeNetwork(address: string, segment: number): string {
  return isIPv6(address)
    ? `100::${segment.toString(16)}:0:0/96`
    : `${dotted(RESERVED + segment * 2 ** HOST_BITS)}/${32 - HOST_BITS}`;
}

/** The Ethernet address that stands for a host between the namespace and the director's rules. */
export function probeMac(host: number): string {
  const octets = [24, 16, 8, 0].map((shift) => ((host >>> shift) & 0xff).toString(16).padStart(2, '0'));
  return `02:00:${octets.join(':')}`;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}
