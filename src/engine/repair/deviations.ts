/** What of a director is not as the engine put it, each thing under the name that an administrator has for it. Pure. */
import type { Deviation } from '../../link/drift/deviation.js';
import type { Losses } from '../losses.js';
import type { Survey } from '../network/survey.js';
import type { Heard } from '../watch/heard.js';

export const rulesDeviation: Deviation = {
  thing: 'rules of netdev homeward',
  found: 'gone or changed',
  wanted: 'as loaded',
};

export const lockDeviation: Deviation = {
  thing: 'second lock of the VIPs',
  found: 'gone in part',
  wanted: 'as set',
};

/** What a change named and the kernel does not have. */
export const lostDeviation: Deviation = {
  thing: 'elements of netdev homeward',
  found: 'gone',
  wanted: 'as loaded',
};

const OF_TABLE = /^(rules|elements|map) /;

export function isOfTable({ thing }: Deviation): boolean {
  return OF_TABLE.test(thing);
}

export function touchedMaps(maps: readonly string[], heard: Heard): readonly Deviation[] {
  return maps.map((map) => ({
    thing: `map ${map}`,
    found: `changed by ${heard.maps.get(map) ?? 'somebody'}`,
    wanted: 'as loaded',
  }));
}

export function differingMaps(maps: readonly string[]): readonly Deviation[] {
  return maps.map((map) => ({ thing: `map ${map}`, found: 'other elements', wanted: 'as loaded' }));
}

export function deviationsIn({ missing, remade }: Losses, { vipDevice }: Survey): readonly Deviation[] {
  return [
    ...missing.map((vip) => ({ thing: `VIP ${vip}`, found: 'absent', wanted: `on ${vipDevice}` })),
    ...remade.map((name) => ({
      thing: `interface ${name}`,
      found: 'made anew or gone',
      wanted: 'the one that the rules were loaded for',
    })),
  ];
}
