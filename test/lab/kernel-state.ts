/**
 * What Homeward changes in a kernel, as text that can be compared: addresses, the settings of ARP and neighbour
 * discovery, nftables. Counters, handles and clocks are left out, for they move without anybody's doing.
 */
import type { Host } from '../support/namespaces.js';

export interface KernelState {
  /** `lo 192.0.2.200/32`, sorted. */
  readonly addresses: readonly string[];
  /** `net.ipv4.conf.all.arp_ignore = 1`, sorted. */
  readonly settings: readonly string[];
  readonly rules: readonly string[];
}

interface Link {
  readonly ifname: string;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number }[];
}

export async function readKernel(host: Host): Promise<KernelState> {
  const [links, settings, rules] = await Promise.all([
    host.exec(['ip', '-j', 'address', 'show']),
    host.exec(['sysctl', '-e', '-a', '--pattern', '^net[.]ipv[46][.](conf[.]|ip_forward)']),
    host.exec(['nft', '-s', 'list', 'ruleset']),
  ]);
  return {
    addresses: addressLines(links),
    settings: settings.trim().split('\n').sort(),
    rules: ruleLines(rules),
  };
}

/** Lines that are in only one of the two, `-` before and `+` after. */
export function difference(before: readonly string[], after: readonly string[]): readonly string[] {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...come];
}

function addressLines(json: string): readonly string[] {
  const links = JSON.parse(json) as readonly Link[];
  return links
    .flatMap((link) => link.addr_info.map((each) => `${link.ifname} ${each.local}/${each.prefixlen}`))
    .sort();
}

function ruleLines(listing: string): readonly string[] {
  return listing
    .split('\n')
    .map((line) => line.trim().replaceAll(/ expires \w+/g, ''))
    .filter((line) => line !== '');
}
