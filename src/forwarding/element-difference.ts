/**
 * The least that turns one set of elements into another. An element cannot be overwritten in the kernel, so a changed
 * value is a deletion and an addition; one that stays is not touched and keeps its counters.
 */
import type { Element } from './layout.js';

export interface ElementDifference {
  readonly deleted: readonly Element[];
  readonly added: readonly Element[];
}

export function elementDifference(before: readonly Element[], after: readonly Element[]): ElementDifference {
  const old = new Set(before.map(identity));
  const wanted = new Set(after.map(identity));
  return {
    deleted: before.filter((each) => !wanted.has(identity(each))),
    added: after.filter((each) => !old.has(identity(each))),
  };
}

/** Where an element lies: no two elements have one place. */
export function placeOf({ map, key }: Pick<Element, 'map' | 'key'>): string {
  return `${map} ${key}`;
}

function identity(element: Element): string {
  return `${placeOf(element)} : ${element.value}`;
}
