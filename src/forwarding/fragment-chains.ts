/**
 * Datagrams in fragments: only the first one has ports. It leaves behind where it went, under what all fragments of
 * a packet have in common (RFC 791, 3.2; RFC 8200, 4.5), and the others follow. So the choice is the service's own, by
 * flow or slot, and fragments of services on the same VIP do not get mixed up. One that overtakes the first is lost.
 * TCP has no need of it: its segments are sized to the path.
 */
import type { Chain } from './chain.js';
import { HASHED_KEYS, type Family } from './layout.js';

/** Fragments of a packet come together. A short life, for IPv4 uses its 65,536 identifications again. */
const SECONDS = 2;
const ROOM = 65_536;

const IS_FIRST: Readonly<Record<Family, string>> = {
  4: 'ip frag-off & 0x2000 != 0',
  6: 'frag more-fragments 1',
};
const IS_LATER: Readonly<Record<Family, string>> = {
  4: 'ip frag-off & 0x1fff != 0',
  6: 'frag frag-off != 0',
};

/** Like flows, IPv6 ones by a hash: an address pair is too long a key. */
function packetKey(family: Family, seed: number): string {
  return family === 4
    ? 'ip saddr . ip daddr . ip id'
    : `jhash ip6 saddr . ip6 daddr . frag id mod ${HASHED_KEYS} seed ${seed}`;
}

export function fragmentMap(family: Family): string {
  const key = family === 4 ? 'ip saddr . ip daddr . ip id' : `numgen inc mod ${HASHED_KEYS}`;
  return `typeof ${key} : meta mark; flags dynamic,timeout; timeout ${SECONDS}s; size ${ROOM};`;
}

/** For a packet whose server is known and that has ports. */
export function rememberFragment(family: Family, seed: number): string {
  return `${IS_FIRST[family]} update @fragments${family} { ${packetKey(family, seed)} : meta mark }`;
}

/** For one that was noted under a server that is gone: an update would leave that server in the entry. */
export function forgetFragment(family: Family, seed: number): string {
  return `${IS_FIRST[family]} delete @fragments${family} { ${packetKey(family, seed)} : meta mark }`;
}

/** Behind all services in the entry chain. */
export function fragmentRule(family: Family): string {
  return `meta l4proto udp ${IS_LATER[family]} goto fragment${family}`;
}

export function fragmentChain(family: Family, seed: number): Chain {
  return {
    name: `fragment${family}`,
    rules: [`meta mark set ${packetKey(family, seed)} map @fragments${family} goto deliver${family}`],
  };
}
