/**
 * Maps with very many elements, of which single ones are named, read and mended; and how their keys and values are spelled, as
 * service-elements.ts writes them and as the kernel has them, in hexadecimal (kernel-keys.ts). Pure.
 */
import ipaddr from 'ipaddr.js';
import type { MapName } from '../../../forwarding/layout.js';
import { addressKey, numberKey, numberOf } from './kernel-keys.js';

/** A part of a key or a value. */
interface Field {
  /** Of its hexadecimal digits. */
  readonly width: number;
  readonly spell: (digits: string) => string;
  readonly digits: (spelled: string) => string;
}

const NUMBER: Field = {
  width: 8,
  spell: (digits) => `${numberOf(digits)}`,
  digits: (text) => numberKey(Number(text)),
};
const ADDRESS = (width: 8 | 32): Field => ({
  width,
  spell: (digits) => ipaddr.fromByteArray([...Buffer.from(digits, 'hex')]).toString(),
  digits: addressKey,
});
/** In network order, and filled up behind. */
const WIRE = (bytes: 1 | 2 | 4): Field => ({
  width: 8,
  spell: (digits) => `${Number.parseInt(digits.slice(0, 2 * bytes), 16)}`,
  digits: (text) =>
    Number(text)
      .toString(16)
      .padStart(2 * bytes, '0')
      .padEnd(8, '0'),
});

interface Layout {
  readonly key: readonly Field[];
  /** None in a set. */
  readonly value?: Field;
}

const LAYOUTS: readonly (readonly [RegExp, Layout])[] = [
  [/^slots$/, { key: [NUMBER, NUMBER], value: NUMBER }],
  [/^takers$/, { key: [NUMBER, NUMBER] }],
  [/^backends4\./, { key: [NUMBER], value: ADDRESS(8) }],
  [/^backends6\./, { key: [NUMBER], value: ADDRESS(32) }],
  [/^straight4$/, { key: [ADDRESS(8), WIRE(4), WIRE(2), NUMBER], value: NUMBER }],
  [/^straight6$/, { key: [ADDRESS(32), WIRE(1), WIRE(2), NUMBER], value: NUMBER }],
];

function layoutOf(map: string): Layout | undefined {
  return LAYOUTS.find(([name]) => name.test(map))?.[1];
}

/** Whether single elements of this map are named. */
export function hasNamedElements(map: MapName): boolean {
  return layoutOf(map) !== undefined;
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
  return layoutOf(map)?.value?.spell(digits) ?? '';
}

/** As the kernel has it; of the beginning of a spelling, that of the key. */
export function keyDigits(map: string, key: string): string {
  const fields = layoutOf(map)?.key ?? [];
  return key
    .split(' . ')
    .map((part, index) => fields[index]?.digits(part) ?? '')
    .join('');
}
