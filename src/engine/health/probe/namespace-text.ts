/**
 * What the probe sets in its own namespace: whatever it sends leaves by one link, with the director's own address as its
 * source and with the Ethernet address that stands for the real server as its destination. Pure.
 */
import { isIPv6 } from 'node:net';
import { PROBE_NETWORK4, PROBE_NETWORK6, probeMac, probeNetwork } from './probe-addresses.js';
import type { ProbeHost, ProbeSource } from './probe-messages.js';

/** The probe's end of the link, in its namespace. */
export const INNER_LINK = 'probe';

const TABLE = 'homeward-probe';

/** Lines for `ip -batch`. The link has no neighbours to be resolved: all that arrives at the other end is taken. */
export const LINK_LINES = [
  'link set lo up',
  `link set ${INNER_LINK} addrgenmode none arp off up`,
  `route add local ${PROBE_NETWORK4} dev lo`,
  `route add default dev ${INNER_LINK}`,
];

/** The same for IPv6, which a host may do without. */
export const IPV6_LINK_LINES = [
  `route add local ${PROBE_NETWORK6} dev lo`,
  `route add ::/0 dev ${INNER_LINK}`,
];

/**
 * Of the network settings of the namespace, which the kernel keeps for each namespace apart. An end of a connection that
 * is over holds its port for as long as these say (seconds).
 */
export const SETTINGS: readonly string[] = [
  'net.ipv6.ip_nonlocal_bind=1',
  `net.ipv4.conf.${INNER_LINK}.rp_filter=0`,
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.ip_local_port_range=1024 65535',
  'net.netfilter.nf_conntrack_tcp_timeout_close=1',
  'net.netfilter.nf_conntrack_tcp_timeout_time_wait=1',
  'net.netfilter.nf_conntrack_tcp_timeout_fin_wait=5',
  'net.netfilter.nf_conntrack_tcp_timeout_last_ack=5',
  'net.netfilter.nf_conntrack_tcp_timeout_close_wait=5',
  'net.netfilter.nf_conntrack_udp_timeout=5',
  'net.netfilter.nf_conntrack_udp_timeout_stream=5',
];

/** Everything anew, in one transaction; connections that are translated already stay so. */
export function namespaceText(
  sources: readonly ProbeSource[],
  hosts: readonly ProbeHost[],
  link = INNER_LINK,
): string {
  return [
    ...anew(`netdev ${TABLE}`),
    `add map netdev ${TABLE} hosts { typeof meta mark : ether daddr; }`,
    `add chain netdev ${TABLE} out { type filter hook egress device "${link}" priority 0; }`,
    `add rule netdev ${TABLE} out ether daddr set meta mark map @hosts`,
    ...anew(`inet ${TABLE}`),
    ...[4, 6].map(
      (family) => `add map inet ${TABLE} numbers${family} { typeof ${ip(family)} saddr : meta mark; }`,
    ),
    `add chain inet ${TABLE} number { type filter hook postrouting priority 50; }`,
    // The source tells the host; below it is translated, and only the mark tells it then.
    ...[4, 6].map(
      (family) => `add rule inet ${TABLE} number meta mark set ${ip(family)} saddr map @numbers${family}`,
    ),
    `add chain inet ${TABLE} translate { type nat hook postrouting priority 100; }`,
    ...sources.map(({ segment, address }) => translation(address, probeNetwork(address, segment))),
    hostsText(hosts),
  ].join('\n');
}

/** Hosts that come to those that are there. */
export function hostsText(hosts: readonly ProbeHost[]): string {
  const macs = hosts.map(({ number }) => `${number} : ${probeMac(number)}`);
  const numbers = (of: 4 | 6) =>
    hosts.filter(({ from }) => isIPv6(from) === (of === 6)).map(({ from, number }) => `${from} : ${number}`);
  return [
    elementsText(`netdev ${TABLE} hosts`, macs),
    elementsText(`inet ${TABLE} numbers4`, numbers(4)),
    elementsText(`inet ${TABLE} numbers6`, numbers(6)),
  ].join('');
}

function elementsText(map: string, elements: readonly string[]): string {
  return elements.length === 0 ? '' : `add element ${map} { ${elements.join(', ')} }\n`;
}

function anew(table: string): readonly string[] {
  return [`add table ${table}`, `delete table ${table}`, `add table ${table}`];
}

function translation(address: string, from: string): string {
  const family = ip(isIPv6(address) ? 6 : 4);
  return `add rule inet ${TABLE} translate ${family} saddr ${from} snat ${family} to ${address}`;
}

function ip(family: number): string {
  return family === 4 ? 'ip' : 'ip6';
}
