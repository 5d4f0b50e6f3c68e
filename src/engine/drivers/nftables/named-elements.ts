/**
 * Maps with very many elements, of which single ones are named, read and mended; and how their keys and values are
 * spelled. Pure.
 */
import type { MapName } from '../../../forwarding/layout.js';
import { layoutOf } from './element-layouts.js';

const NAMED = /^(slots$|takers$|straight[46]$|backends[46]\.)/;

/** Whether single elements of this map are named. */
export function hasNamedElements(map: MapName): boolean {
  return NAMED.test(map);
}

/** As service-elements.ts writes it; of the beginning of a key, that of its spelling. */
export function spelledKey(map: string, digits: string): string {
  let at = 0;
  const fields = layoutOf(map)?.key ?? [];
  return fields
    .flatMap(({ width, spell }) => (at < digits.length ? spell(digits.slice(at, (at += width))) : []))
    .join(' . ');
}

export function spelledValue(map: string, digits: string): string {
  const value = layoutOf(map)?.value;
  return value === undefined || value === 'chain' ? '' : value.spell(digits);
}

/** As the kernel has it; of the beginning of a spelling, that of the key. */
export function keyDigits(map: string, key: string): string {
  const fields = layoutOf(map)?.key ?? [];
  return key
    .split(' . ')
    .map((part, index) => fields[index]?.digits(part) ?? '')
    .join('');
}
