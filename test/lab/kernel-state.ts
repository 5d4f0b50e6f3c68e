/**
 * What Homeward changes in a kernel, as text that can be compared: addresses, the settings of ARP and neighbour
 * discovery, nftables, policies of xfrm. Counters, handles and clocks are left out, for they move without anybody's doing.
 */
import { CommandFailed } from '../../src/platform/command-runner.js';
import type { Host } from '../support/namespaces.js';

export interface KernelState {
  /** `lo 192.0.2.200/32`, sorted. */
  readonly addresses: readonly string[];
  /** `net.ipv4.conf.all.arp_ignore = 1`, sorted. */
  readonly settings: readonly string[];
  readonly rules: readonly string[];
  /** Null: this kernel has none. */
  readonly policies: readonly string[] | null;
}

interface Link {
  readonly ifname: string;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number }[];
}

export async function readKernel(host: Host): Promise<KernelState> {
  const [links, settings, rules, policies] = await Promise.all([
    host.exec(['ip', '-j', 'address', 'show']),
    host.exec(['sysctl', '-e', '-a', '--pattern', '^net[.]ipv[46][.](conf[.]|ip_forward)']),
    host.exec(['nft', '-s', 'list', 'ruleset']),
    readPolicies(host),
  ]);
  return {
    addresses: addressLines(links),
    settings: settings.trim().split('\n').sort(),
    rules: ruleLines(rules),
    policies: policies === null ? null : policyLines(policies),
  };
}

/** What is otherwise, in lines; nothing where it is the same. */
export function changesSince(before: KernelState, now: KernelState): readonly string[] {
  const parts = (['addresses', 'settings', 'rules'] as const).map((part) =>
    difference(before[part], now[part]),
  );
  return [...parts.flat(), ...policiesSince(before, now)];
}

export function policiesSince(before: KernelState, now: KernelState): readonly string[] {
  return difference(before.policies ?? [], now.policies ?? []);
}

/** Lines that are in only one of the two, `-` before and `+` after. */
function difference(before: readonly string[], after: readonly string[]): readonly string[] {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...come];
}

async function readPolicies(host: Host): Promise<string | null> {
  try {
    return await host.exec(['ip', '-o', 'xfrm', 'policy', 'list']);
  } catch (error) {
    if (error instanceof CommandFailed) return null;
    throw error;
  }
}

/** `ip -o` puts what belongs to one policy into one line, with backslashes. */
function policyLines(listing: string): readonly string[] {
  return listing
    .split('\n')
    .map((line) => line.replaceAll(/[\s\\]+/g, ' ').trim())
    .filter((line) => line !== '')
    .map((line) => `policy ${line}`)
    .sort();
}

function addressLines(json: string): readonly string[] {
  const links = JSON.parse(json) as readonly Link[];
  return links
    .flatMap((link) => link.addr_info.map((each) => `${link.ifname} ${each.local}/${each.prefixlen}`))
    .sort();
}

/** A way to choose a slot, such as `maglev4-16`: it stays when no service needs it any more, and no element leads there. */
const UNUSED_WAY = /^\tchain [a-z-]+[46]-\d+ \{\n[^}]*\n\t\}\n/gm;

function ruleLines(listing: string): readonly string[] {
  return listing
    .replaceAll(UNUSED_WAY, '')
    .split('\n')
    .map((line) => line.trim().replaceAll(/ expires \w+/g, ''))
    .filter((line) => line !== '');
}
