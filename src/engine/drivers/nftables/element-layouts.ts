/**
 * How keys and values of elements are spelled, as service-elements.ts writes them and as the kernel has them, in
 * hexadecimal (kernel-keys.ts): each field begins at a multiple of four bytes. Pure.
 */
import ipaddr from 'ipaddr.js';
import { PROTOCOL_NUMBERS } from '../../../forwarding/straight-keys.js';
import { addressKey, numberOf } from './kernel-keys.js';

/** A part of a key or a value. */
export interface Field {
  /** Of its hexadecimal digits. */
  readonly width: number;
  readonly spell: (digits: string) => string;
  readonly digits: (spelled: string) => string;
}

export interface Layout {
  readonly key: readonly Field[];
  /** None in a set; `chain`: what a jump leads to. */
  readonly value?: Field | 'chain';
}

/** In the order of x86 and ARM; there are hundreds of thousands at once. */
const NUMBER: Field = {
  width: 8,
  spell: (digits) => `${numberOf(digits)}`,
  digits: (text) => {
    const number = Number(text);
    const swapped =
      (number << 24) | ((number & 0xff00) << 8) | ((number >>> 8) & 0xff00) | ((number >>> 24) & 0xff);
    return (swapped >>> 0).toString(16).padStart(8, '0');
  },
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
/** By name. */
const PROTOCOL: Field = {
  width: 8,
  spell: (digits) => (digits.startsWith(octet(PROTOCOL_NUMBERS.udp)) ? 'udp' : 'tcp'),
  digits: (text) => octet(PROTOCOL_NUMBERS[text === 'udp' ? 'udp' : 'tcp']).padEnd(8, '0'),
};

const LAYOUTS: readonly (readonly [RegExp, Layout])[] = [
  [/^slots$/, { key: [NUMBER, NUMBER], value: NUMBER }],
  [/^takers$/, { key: [NUMBER, NUMBER] }],
  [/^backends4\./, { key: [NUMBER], value: ADDRESS(8) }],
  [/^backends6\./, { key: [NUMBER], value: ADDRESS(32) }],
  [/^straight4$/, { key: [ADDRESS(8), WIRE(4), WIRE(2), NUMBER], value: NUMBER }],
  [/^straight6$/, { key: [ADDRESS(32), PROTOCOL, WIRE(2), NUMBER], value: NUMBER }],
  [/^services4$/, { key: [ADDRESS(8), PROTOCOL, WIRE(2)], value: NUMBER }],
  [/^services6$/, { key: [ADDRESS(32), PROTOCOL, WIRE(2)], value: NUMBER }],
  [/^quoted4$/, { key: [ADDRESS(8), WIRE(1), WIRE(2)], value: NUMBER }],
  [/^quoted6$/, { key: [ADDRESS(32), WIRE(1), WIRE(2)], value: NUMBER }],
  [/^(classes[46]|spreads|renewals)$/, { key: [NUMBER], value: 'chain' }],
  [/^digests$/, { key: [NUMBER], value: NUMBER }],
  [/^stateless$/, { key: [NUMBER] }],
];

/** Undefined: of a map with ranges. */
export function layoutOf(map: string): Layout | undefined {
  return LAYOUTS.find(([name]) => name.test(map))?.[1];
}

function octet(value: number): string {
  return value.toString(16).padStart(2, '0');
}
