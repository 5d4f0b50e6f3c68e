/** What somebody took away from the host since the engine put it there. Pure. */
import type { HostReading } from './network/host-reader.js';
import type { Survey } from './network/survey.js';

export interface Losses {
  /** VIPs that were taken and are on no interface. */
  readonly missing: readonly string[];
  /** Interfaces that are gone, or made anew under their old name: rules and addresses went with the old one. */
  readonly remade: readonly string[];
}

export const NO_LOSS: Losses = { missing: [], remade: [] };

export function lossesIn({ interfaces }: HostReading, taken: readonly string[], { indexes }: Survey): Losses {
  const held = new Set(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const missing = taken.filter((vip) => !held.has(vip));
  const found = new Map(interfaces.map(({ name, index }) => [name, index]));
  const remade = [...indexes].filter(([name, index]) => found.get(name) !== index).map(([name]) => name);
  return missing.length + remade.length === 0 ? NO_LOSS : { missing, remade };
}
