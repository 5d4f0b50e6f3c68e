/**
 * A number for all slots of a service, whatever their order: equal sums tell that the kernel has what it shall, without
 * handing over hundreds of thousands of slots. One slot that is otherwise always shows, several do but for one time in
 * four thousand million. element-reader-text.ts adds up the same. Pure.
 */
import type { Element } from '../../../forwarding/layout.js';

export interface SlotSum {
  readonly count: number;
  readonly sum: number;
}

/** By service, of the slots among these elements. */
export function slotSums(elements: readonly Element[]): ReadonlyMap<string, SlotSum> {
  const sums = new Map<string, { count: number; sum: number }>();
  for (const { map, key, value } of elements) {
    if (map !== 'slots') continue;
    const [service = '', slot] = key.split(' . ');
    const total = sums.get(service) ?? { count: 0, sum: 0 };
    total.count += 1;
    total.sum += hashOf(Number(slot), Number(value));
    sums.set(service, total);
  }
  return sums;
}

export function sameSum(a: SlotSum | undefined, b: SlotSum | undefined): boolean {
  return a?.count === b?.count && a?.sum === b?.sum;
}

/** 32 bits, and no two servers of one slot have the same. */
function hashOf(slot: number, server: number): number {
  const start = (Math.imul(slot, 0x9e3779b1) + server) >>> 0;
  const mixed = Math.imul(start ^ (start >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
