/**
 * Which values of the two ARP settings keep a Linux host silent about addresses on loopback. Pure.
 * The kernel takes the greater of `all` and the interface's own value (IN_DEV_MAXCONF), and a greater value is not
 * always a more silent one.
 */
import { someOf } from '../../platform/some-of.js';
import { arpSetting, type ArpKey, type ArpSetting } from '../../setup/linux/arp-settings.js';
import type { Deviation } from '../../link/drift/deviation.js';
import type { Silence } from './host-view.js';

const IGNORE = arpSetting('arp_ignore');
const ANNOUNCE = arpSetting('arp_announce');

export interface ArpValues {
  readonly arpIgnore: number;
  readonly arpAnnounce: number;
}

/** What shall stand where this was found; a value that is as silent or more so stays. */
export function silentValues(found: ArpValues): ArpValues {
  return {
    arpIgnore: silentOr(IGNORE, found.arpIgnore),
    arpAnnounce: silentOr(ANNOUNCE, found.arpAnnounce),
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

function silentOr({ silent, wanted }: ArpSetting, found: number): number {
  return silent.includes(found) ? found : wanted;
}

function effective(all: ArpValues, own: ArpValues): ArpValues {
  return {
    arpIgnore: Math.max(all.arpIgnore, own.arpIgnore),
    arpAnnounce: Math.max(all.arpAnnounce, own.arpAnnounce),
  };
}

interface Finding {
  readonly name: string;
  readonly key: ArpKey;
  readonly value: number;
}

function findingsOf(name: string, own: ArpValues, inEffect: ArpValues): Finding[] {
  const findings: Finding[] = [];
  if (!IGNORE.silent.includes(inEffect.arpIgnore))
    findings.push({ name, key: 'arp_ignore', value: own.arpIgnore });
  if (!ANNOUNCE.silent.includes(inEffect.arpAnnounce)) {
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
  return arpSetting(key).wanted;
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
