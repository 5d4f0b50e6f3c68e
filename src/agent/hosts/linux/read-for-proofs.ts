/**
 * Reads what proofs look at on a Linux host: the firewall's rules, whether it forwards packets, and its reverse path
 * filters. It changes nothing and judges nothing.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { CommandRunner } from '../../../platform/command-runner.js';
import { readDefaultRoutes } from '../../../platform/host-interfaces.js';
import { judgeFirewall, type FirewallView, type Unreadable } from '../../proofs/firewall/judge-firewall.js';
import { readRuleset, type Ruleset } from '../../proofs/firewall/ruleset.js';
import type { HostReadings, ReadHost } from '../../proofs/host-readings.js';
import type { Forwarding } from '../../proofs/judge-loop.js';

const NET = '/proc/sys/net';
/** Tables that iptables-legacy has in the kernel, a line each. The files are missing or empty where it has none. */
const LEGACY_TABLES = ['/proc/net/ip_tables_names', '/proc/net/ip6_tables_names'];
/** What is no interface that packets of a director come in by. */
const NOT_ON_A_WIRE: ReadonlySet<string> = new Set(['all', 'default', 'lo']);
const STRICT = 1;
const STOP_FORWARDING = 'Set net.ipv4.ip_forward and net.ipv6.conf.all.forwarding to 0';

/** A reader that gives the very same object as long as the host shows the same. */
export function linuxReader(commands: CommandRunner): ReadHost {
  let last: { readonly text: string; readonly readings: HostReadings } | undefined;
  return async () => {
    const interfaces = (await readdir(`${NET}/ipv4/conf`)).filter((name) => !NOT_ON_A_WIRE.has(name));
    const [rules, legacy, strictElsewhere, forwarding] = await Promise.all([
      listRules(commands),
      hasLegacyTables(),
      readStrictElsewhere(commands, interfaces),
      readForwarding(interfaces),
    ]);
    const text = JSON.stringify([rules, legacy, strictElsewhere, forwarding, interfaces]);
    if (last?.text !== text) {
      const view: FirewallView = { ruleset: parsed(rules), legacy, strictElsewhere, interfaces };
      last = { text, readings: { firewall: (service) => judgeFirewall(service, view), forwarding } };
    }
    return last.readings;
  };
}

/** The rules of the firewall, or why they are not known. */
export async function readRules(commands: CommandRunner): Promise<Ruleset | Unreadable> {
  return parsed(await listRules(commands));
}

/** Without counters, which never stand still, and without the elements of sets, of which there may be very many. */
async function listRules(commands: CommandRunner): Promise<string | null> {
  try {
    return await commands.run(['nft', '--json', '--stateless', '--terse', 'list', 'ruleset']);
  } catch {
    return null;
  }
}

const NOT_LISTED: Unreadable = {
  unreadable:
    'The rules of the firewall cannot be read: see that `nft --json list ruleset` works on the host.',
};
const NOT_UNDERSTOOD: Unreadable = {
  unreadable: 'What `nft --json list ruleset` prints on the host is not understood.',
};

function parsed(rules: string | null): Ruleset | Unreadable {
  try {
    return rules === null ? NOT_LISTED : readRuleset(rules);
  } catch {
    return NOT_UNDERSTOOD;
  }
}

async function hasLegacyTables(): Promise<boolean> {
  const texts = await Promise.all(LEGACY_TABLES.map((path) => readFile(path, 'utf8').catch(() => '')));
  return texts.some((text) => text.trim() !== '');
}

/** The kernel takes the greater of `all` and the interface's own value. Only the default route's interface is sure. */
async function readStrictElsewhere(
  commands: CommandRunner,
  interfaces: readonly string[],
): Promise<string[]> {
  const all = await readNumber(`${NET}/ipv4/conf/all/rp_filter`);
  const own = await Promise.all(interfaces.map((name) => readNumber(`${NET}/ipv4/conf/${name}/rp_filter`)));
  const strict = interfaces.filter((_, index) => Math.max(all, own[index] ?? 0) === STRICT);
  if (strict.length === 0) return [];
  const { devices } = await readDefaultRoutes(commands);
  return devices.length === 0 ? [] : strict.filter((name) => !devices.includes(name));
}

async function readForwarding(interfaces: readonly string[]): Promise<Forwarding> {
  const ipv4 = await Promise.all(interfaces.map((name) => readNumber(`${NET}/ipv4/conf/${name}/forwarding`)));
  // For IPv6 the kernel asks `all` alone before it forwards.
  const ipv6 = await readNumber(`${NET}/ipv6/conf/all/forwarding`);
  return { ipv4: ipv4.some((value) => value > 0), ipv6: ipv6 > 0, stop: STOP_FORWARDING };
}

/** 0 where there is no such file: an interface that went away, or a host without IPv6. */
async function readNumber(path: string): Promise<number> {
  try {
    return Number.parseInt(await readFile(path, 'utf8'), 10) || 0;
  } catch {
    return 0;
  }
}
