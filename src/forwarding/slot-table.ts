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

/** Of a wish. */
const STRENGTH_BITS = 28;
/** So many of them are sorted by dealing out. */
const MOST_UPPER_BITS = 20;

/** The server number of each slot; empty when no server has weight. `slots` is at most 4096. */
export function slotTable(servers: readonly Weighted[], slots: number, seed: number): readonly number[] {
  const weighted = servers.filter(({ weight }) => weight > 0).sort((a, b) => a.number - b.number);
  if (weighted.length === 0) return [];
  const left = slotShares(weighted, slots);
  const table = new Array<number>(slots).fill(0);
  // The strongest wish of any server for any slot is granted first, until shares are used up: a stable matching.
  for (const pair of wishes(weighted, slots, seed)) {
    const index = Math.trunc(pair / slots);
    const slot = pair - index * slots;
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

/**
 * All pairs of server and slot, `index * slots + slot`, strongest wish first; of equally strong ones the lower pair. Strengths are
 * hashes and so spread evenly: dealt out by them over as many places as there are pairs, few pairs stand wrong by then.
 */
function wishes(servers: readonly Weighted[], slots: number, seed: number): Uint32Array {
  const strengths = strengthsOf(servers, slots, seed);
  const pairs = dealtOut(strengths);
  for (let at = 1; at < pairs.length; at++) {
    const pair = pairs[at] ?? 0;
    const strength = strengths[pair] ?? 0;
    let place = at;
    for (; place > 0 && (strengths[pairs[place - 1] ?? 0] ?? 0) > strength; place--) {
      pairs[place] = pairs[place - 1] ?? 0;
    }
    pairs[place] = pair;
  }
  return pairs;
}

/** By pair; the lower, the stronger. */
function strengthsOf(servers: readonly Weighted[], slots: number, seed: number): Uint32Array {
  const strengths = new Uint32Array(servers.length * slots);
  servers.forEach(({ number }, index) => {
    const base = mix(mix(seed) ^ number);
    for (let slot = 0; slot < slots; slot++) {
      const hash = mix((base + Math.imul(slot, 0x9e3779b1)) | 0);
      strengths[index * slots + slot] = hash >>> (32 - STRENGTH_BITS);
    }
  });
  return strengths;
}

/** Pairs by the upper bits of their strength, and equal ones as they come. */
function dealtOut(strengths: Uint32Array): Uint32Array {
  const unread = STRENGTH_BITS - Math.min(MOST_UPPER_BITS, Math.ceil(Math.log2(strengths.length)));
  const next = new Uint32Array((1 << (STRENGTH_BITS - unread)) + 1);
  for (const strength of strengths)
    next[(strength >>> unread) + 1] = (next[(strength >>> unread) + 1] ?? 0) + 1;
  for (let place = 1; place < next.length; place++) next[place] = (next[place] ?? 0) + (next[place - 1] ?? 0);
  const pairs = new Uint32Array(strengths.length);
  for (let pair = 0; pair < pairs.length; pair++) {
    const place = (strengths[pair] ?? 0) >>> unread;
    const at = next[place] ?? 0;
    pairs[at] = pair;
    next[place] = at + 1;
  }
  return pairs;
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
