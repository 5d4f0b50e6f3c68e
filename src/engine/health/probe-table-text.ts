/**
 * The director's side of the probe's way, in a table of its own: what the probe sends is forwarded to the real server whose
 * number its Ethernet destination bears, as clients' packets are; and what comes from the wire with a source that is the
 * director's own, a VIP, is an answer to the probe, for nothing else looks like this. It comes after the table that
 * forwards, so that no packet of a client passes here. Pure.
 */
import { isIPv6 } from 'node:net';
import { probeMac } from './probe/probe-addresses.js';

/** The director's end of the link. */
export const OUTER_LINK = 'homeward-probe';
/** Ethernet address of the probe's end; what is not addressed to it is not taken there. */
export const INNER_MAC = '02:00:00:00:00:01';

export const PROBE_TABLE = 'netdev homeward-probe';
/** After the table that forwards (-100), before what others hook at 0. */
const PRIORITY = -99;

/** A real server's address, by the number that the probe knows it by. */
export interface ReachedHost {
  readonly number: number;
  readonly address: string;
  readonly device: string;
}

/** All of it anew, in one transaction. */
export function probeTableText(
  devices: readonly string[],
  hosts: readonly ReachedHost[],
  link = OUTER_LINK,
): string {
  const families = [4, 6] as const;
  return [
    `add table ${PROBE_TABLE}`,
    `delete table ${PROBE_TABLE}`,
    `add table ${PROBE_TABLE}`,
    `add chain ${PROBE_TABLE} out { type filter hook ingress device "${link}" priority 0; policy drop; }`,
    ...devices.flatMap((device) =>
      families.flatMap((family) => [
        `add map ${PROBE_TABLE} hosts${family}.${device} { typeof ether daddr : ${ip(family)} daddr; }`,
        `add rule ${PROBE_TABLE} out meta protocol ${ip(family)} fwd ${ip(family)} to ether daddr map @hosts${family}.${device} device "${device}"`,
      ]),
    ),
    `add chain ${PROBE_TABLE} back { type filter hook ingress devices = { ${devices.map((each) => `"${each}"`).join(', ')} } priority ${PRIORITY}; }`,
    ...families.map(
      (family) =>
        `add rule ${PROBE_TABLE} back meta protocol ${ip(family)} fib saddr type local ether daddr set ${INNER_MAC} fwd to "${link}"`,
    ),
    reachedHostsText(hosts),
  ].join('\n');
}

/** Hosts that come to those that are there. */
export function reachedHostsText(hosts: readonly ReachedHost[]): string {
  return hosts
    .map(
      ({ number, address, device }) =>
        `add element ${PROBE_TABLE} hosts${isIPv6(address) ? 6 : 4}.${device} { ${probeMac(number)} : ${address} }\n`,
    )
    .join('');
}

function ip(family: 4 | 6): string {
  return family === 4 ? 'ip' : 'ip6';
}
