/**
 * A number for all slots of a service, whatever their order: equal sums tell that the kernel has what it shall, without
 * handing over hundreds of thousands of slots. One slot that is otherwise always shows, several do but for one time in
 * four thousand million. The slots of the short way are added up for themselves. element-reader-text.ts adds up the same. Pure.
 */
import type { Element, MapName } from '../../../forwarding/layout.js';

/** Maps in which the slot is the last part of a key, and what comes before it is a service's. */
export const SLOT_MAPS = ['slots', 'straight4', 'straight6'] as const satisfies readonly MapName[];

export interface SlotSum {
  readonly count: number;
  readonly sum: number;
}

const ARE_SLOTS: ReadonlySet<MapName> = new Set(SLOT_MAPS);

export function isSlot({ map }: Pick<Element, 'map'>): boolean {
  return ARE_SLOTS.has(map);
}

/** What the slots of a service in a map have in common: the map, and their key but for its last part. */
export function groupOf({ map, key }: Pick<Element, 'map' | 'key'>): string {
  return `${map} ${key.slice(0, key.lastIndexOf(' . '))}`;
}

/** By group, of the slots among these elements. */
export function slotSums(elements: readonly Element[]): ReadonlyMap<string, SlotSum> {
  const sums = new Map<string, { count: number; sum: number }>();
  for (const each of elements) {
    if (!isSlot(each)) continue;
    const group = groupOf(each);
    const total = sums.get(group) ?? { count: 0, sum: 0 };
    total.count += 1;
    total.sum += hashOf(Number(each.key.slice(each.key.lastIndexOf(' ') + 1)), Number(each.value));
    sums.set(group, total);
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
