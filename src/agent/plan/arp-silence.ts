/**
 * Which values of the two ARP settings keep a Linux host silent about addresses on loopback. Pure.
 * The kernel takes the greater of `all` and the interface's own value (IN_DEV_MAXCONF), and a greater value is not
 * always a more silent one: arp_ignore 3 answers for every address of global scope, which a VIP on lo is.
 */
import { someOf } from '../../platform/some-of.js';
import type { Deviation, Silence } from './host-view.js';

/** arp_ignore: 1 and 2 answer for addresses of the asked interface alone, 8 for none. 3 to 7 answer for a VIP on lo. */
const SILENT_IGNORE: ReadonlySet<number> = new Set([1, 2, 8]);
/** arp_announce: 2 takes the sender from the interface that asks. Values above 2 work like 0. */
const SILENT_ANNOUNCE = 2;
const LEAST_IGNORE = 1;

export interface ArpValues {
  readonly arpIgnore: number;
  readonly arpAnnounce: number;
}

/** What shall stand where this was found; a value that is as silent or more so stays. */
export function silentValues(found: ArpValues): ArpValues {
  return {
    arpIgnore: SILENT_IGNORE.has(found.arpIgnore) ? found.arpIgnore : LEAST_IGNORE,
    arpAnnounce: SILENT_ANNOUNCE,
  };
}

/** `interfaces`: every interface but lo; interfaces to come start with `forNew`. */
export function judgeSilence(
  all: ArpValues,
  forNew: ArpValues,
  interfaces: ReadonlyMap<string, ArpValues>,
): Omit<Silence, 'kept'> {
  // `all` and `default` must be silent by themselves, for the interfaces that are still to come.
  const byThemselves = [...findingsOf('all', all, all), ...findingsOf('default', forNew, forNew)];
  const under = (common: ArpValues): Finding[] =>
    [...interfaces].flatMap(([name, own]) => findingsOf(name, own, effective(common, own)));
  const findings = [...byThemselves, ...under(all)];
  return {
    inForce: findings.length === 0,
    // An interface that answers only because `all` is wrong is no thing that deviates: a host may have a thousand.
    deviations: [...byThemselves, ...under(silentValues(all))].map(deviation),
    problems: adviceFor(findings),
  };
}

function effective(all: ArpValues, own: ArpValues): ArpValues {
  return {
    arpIgnore: Math.max(all.arpIgnore, own.arpIgnore),
    arpAnnounce: Math.max(all.arpAnnounce, own.arpAnnounce),
  };
}

interface Finding {
  readonly name: string;
  readonly key: 'arp_ignore' | 'arp_announce';
  readonly value: number;
}

function findingsOf(name: string, own: ArpValues, inEffect: ArpValues): Finding[] {
  const findings: Finding[] = [];
  if (!SILENT_IGNORE.has(inEffect.arpIgnore))
    findings.push({ name, key: 'arp_ignore', value: own.arpIgnore });
  if (inEffect.arpAnnounce !== SILENT_ANNOUNCE) {
    findings.push({ name, key: 'arp_announce', value: own.arpAnnounce });
  }
  return findings;
}

function deviation({ name, key, value }: Finding): Deviation {
  return { thing: settingName(name, key), found: `${value}`, wanted: `${wantedOf(key)}` };
}

function settingName(name: string, key: Finding['key']): string {
  return `net.ipv4.conf.${name}.${key}`;
}

function wantedOf(key: Finding['key']): number {
  return key === 'arp_ignore' ? LEAST_IGNORE : SILENT_ANNOUNCE;
}

/** One sentence for all interfaces with the same fault: a host may have a thousand. */
function adviceFor(findings: readonly Finding[]): string[] {
  const alike = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const id = `${finding.key} ${finding.value}`;
    const others = alike.get(id);
    if (others === undefined) alike.set(id, [finding]);
    else others.push(finding);
  }
  return [...alike.values()].map(advice);
}

function advice([first, ...others]: readonly [Finding, ...Finding[]]): string {
  const { name, key, value } = first;
  const effect = key === 'arp_ignore' ? 'answers ARP for VIPs on lo' : 'announces VIPs on lo';
  const same = others.length === 0 ? '' : ` The same holds for ${someOf(others.map((each) => each.name))}.`;
  return `${settingName(name, key)} is ${value}, which ${effect}; set it to ${wantedOf(key)}.${same}`;
}
