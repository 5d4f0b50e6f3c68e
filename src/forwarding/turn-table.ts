/**
 * The slots of a service in the order in which its servers take turns: each as often as its share says, and as evenly
 * as can be, so that no server gets its turns in a row (smooth weighted round-robin). Same servers in any order, same
 * table. It must never be read by a hash: neighbours in it have nothing to do with each other.
 */
import { slotShares, type Weighted } from './slot-table.js';

/** The server number of each slot; empty when no server has weight. */
export function turnTable(servers: readonly Weighted[], slots: number): readonly number[] {
  const weighted = servers.filter(({ weight }) => weight > 0).sort((a, b) => a.number - b.number);
  if (weighted.length === 0) return [];
  const shares = slotShares(weighted, slots);
  const credit = shares.map(() => 0);
  return Array.from({ length: slots }, () => {
    shares.forEach((share, index) => (credit[index] = (credit[index] ?? 0) + share));
    const next = credit.indexOf(credit.reduce((most, each) => Math.max(most, each), -Infinity));
    credit[next] = (credit[next] ?? 0) - slots;
    return weighted[next]?.number ?? 0;
  });
}
