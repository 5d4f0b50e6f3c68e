/**
 * Spreads the slots of a service over its servers, as a Maglev table: a flow hashes to a slot, the slot names a server.
 * Every server gets its share by weight to within one slot (largest remainder), and where its slots lie follows from
 * hashes of its number alone, so the order of servers does not matter and every director makes the same table.
 * When a server comes or goes the others keep nearly all of their slots. Exact shares and no movement at all cannot
 * both be had without memory; flows that move anyhow are held by the flow maps.
 * It must never use the clock, chance, or what was in force before.
 */
import type { ServerEntry } from '../contract/documents.js';

export type Weighted = Pick<ServerEntry, 'number' | 'weight'>;

/** Bits of a preference; with the pair's index it must fit in the 53 bits of an exact double. */
const PREFERENCE_BITS = 28;

/** The server number of each slot; empty when no server has weight. `slots` is at most 4096. */
export function slotTable(servers: readonly Weighted[], slots: number, seed: number): readonly number[] {
  const weighted = servers.filter(({ weight }) => weight > 0).sort((a, b) => a.number - b.number);
  if (weighted.length === 0) return [];
  const left = slotShares(weighted, slots);
  const table = new Array<number>(slots).fill(0);
  // The strongest wish of any server for any slot is granted first, until shares are used up: a stable matching.
  for (const wish of wishes(weighted, slots, seed)) {
    const pair = wish % (weighted.length * slots);
    const index = Math.floor(pair / slots);
    const slot = pair % slots;
    const server = weighted[index];
    if (server === undefined || table[slot] !== 0 || left[index] === 0) continue;
    table[slot] = server.number;
    left[index] = (left[index] ?? 0) - 1;
  }
  return table;
}

/** How many slots each server gets: its exact share rounded down, and the rest by largest remainder. */
export function slotShares(servers: readonly Weighted[], slots: number): number[] {
  const total = servers.reduce((sum, { weight }) => sum + weight, 0);
  const shares = servers.map(({ weight }) => Math.floor((slots * weight) / total));
  const open = slots - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = servers
    .map(({ number, weight }, index) => ({ number, index, remainder: (slots * weight) % total }))
    .sort((a, b) => b.remainder - a.remainder || a.number - b.number);
  for (const { index } of byRemainder.slice(0, open)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

/** All pairs of server and slot, strongest wish first; each number carries the pair in its low part. */
function wishes(servers: readonly Weighted[], slots: number, seed: number): Float64Array {
  const pairs = servers.length * slots;
  const keys = new Float64Array(pairs);
  servers.forEach(({ number }, index) => {
    const base = mix(mix(seed) ^ number);
    for (let slot = 0; slot < slots; slot++) {
      const preference = mix((base + Math.imul(slot, 0x9e3779b1)) | 0) >>> (32 - PREFERENCE_BITS);
      keys[index * slots + slot] = preference * pairs + index * slots + slot;
    }
  });
  return keys.sort();
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
