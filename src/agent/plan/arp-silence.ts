/**
 * Which values of the two ARP settings keep a Linux host silent about addresses on loopback. Pure.
 * The kernel takes the greater of `all` and the interface's own value (IN_DEV_MAXCONF), and a greater value is not
 * always a more silent one: arp_ignore 3 answers for every address of global scope, which a VIP on lo is.
 */
import type { Silence } from './host-view.js';

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
): Silence {
  const entries: [string, ArpValues][] = [['all', all], ['default', forNew], ...interfaces];
  const problems = entries.flatMap(([name, own]) => {
    // `all` and `default` must be silent by themselves, for the interfaces that are still to come.
    const byItself = name === 'all' || name === 'default';
    return problemsOf(name, own, byItself ? own : { ...effective(all, own) });
  });
  return { inForce: problems.length === 0, problems };
}

function effective(all: ArpValues, own: ArpValues): ArpValues {
  return {
    arpIgnore: Math.max(all.arpIgnore, own.arpIgnore),
    arpAnnounce: Math.max(all.arpAnnounce, own.arpAnnounce),
  };
}

function problemsOf(name: string, own: ArpValues, inEffect: ArpValues): string[] {
  const problems: string[] = [];
  if (!SILENT_IGNORE.has(inEffect.arpIgnore)) {
    problems.push(advice(name, 'arp_ignore', own.arpIgnore, 'answers ARP for VIPs on lo', LEAST_IGNORE));
  }
  if (inEffect.arpAnnounce !== SILENT_ANNOUNCE) {
    problems.push(advice(name, 'arp_announce', own.arpAnnounce, 'announces VIPs on lo', SILENT_ANNOUNCE));
  }
  return problems;
}

function advice(name: string, key: string, value: number, effect: string, wanted: number): string {
  return `net.ipv4.conf.${name}.${key} is ${value}, which ${effect}; set it to ${wanted}.`;
}
