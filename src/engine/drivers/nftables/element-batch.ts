/**
 * Elements that come as one transaction in the kernel's own words (linux/netfilter/nf_tables.h), in hexadecimal. For very
 * many of them nft takes four times as long, nearly all of it to read its text. Ranges are left to nft, and so is whatever
 * is deleted. Pure.
 */
import type { ElementDifference } from '../../../forwarding/element-difference.js';
import { TABLE, type Element, type MapName } from '../../../forwarding/layout.js';
import { layoutOf, type Field, type Layout } from './element-layouts.js';

export interface ElementBatch {
  readonly hex: string;
  /** Messages that the kernel acknowledges. */
  readonly messages: number;
}

/** Below, nft is as quick. */
const MANY = 4_096;
/** Digits: the length of an attribute has 16 bits. */
const MOST_DIGITS = 120_000;

const [, NAME = ''] = TABLE.split(' ');
/** NFPROTO_NETDEV; AF_UNSPEC with the subsystem that a transaction is for, NFNL_SUBSYS_NFTABLES. */
const NETDEV = '05000000';
const OF_NFTABLES = '0000000a';
/** NLM_F_REQUEST; with NLM_F_ACK and NLM_F_CREATE: an element that is there already is no error. */
const REQUEST = 0x1;
const CREATE = 0x405;
const BEGIN = 16;
const END = 17;
const NEW_ELEMENTS = (10 << 8) | 12;
const NESTED = 0x8000;
/** NFT_JUMP, -3 in network order. */
const JUMP = 'fffffffd';

/** Undefined: it is for nft. */
export function elementBatch(steps: readonly ElementDifference[]): ElementBatch | undefined {
  const count = steps.reduce((sum, { added }) => sum + added.length, 0);
  if (count < MANY || steps.some(({ deleted }) => deleted.length > 0)) return undefined;
  const messages: string[] = [];
  for (const [map, elements] of grouped(steps)) {
    const layout = layoutOf(map);
    if (layout === undefined) return undefined;
    messages.push(...messagesFor(map, layout, elements));
  }
  const hex = [message(BEGIN, REQUEST, OF_NFTABLES, ''), ...messages, message(END, REQUEST, OF_NFTABLES, '')];
  return { hex: hex.join(''), messages: messages.length };
}

function grouped(steps: readonly ElementDifference[]): ReadonlyMap<MapName, readonly Element[]> {
  const byMap = new Map<MapName, Element[]>();
  for (const { added } of steps) {
    for (const each of added) {
      const some = byMap.get(each.map);
      if (some === undefined) byMap.set(each.map, [each]);
      else some.push(each);
    }
  }
  return byMap;
}

function* messagesFor(map: MapName, layout: Layout, elements: readonly Element[]): Iterable<string> {
  const place = attribute(1, text(NAME)) + attribute(2, text(map));
  let digits = '';
  for (const each of elements) {
    digits += element(layout, each);
    if (digits.length < MOST_DIGITS) continue;
    yield message(NEW_ELEMENTS, CREATE, NETDEV, place + attribute(3 | NESTED, digits));
    digits = '';
  }
  if (digits !== '') yield message(NEW_ELEMENTS, CREATE, NETDEV, place + attribute(3 | NESTED, digits));
}

function element({ key, value }: Layout, { key: spelled, value: found }: Element): string {
  const parts = spelled.split(' . ');
  const digits = key.map((field, index) => field.digits(parts[index] ?? '')).join('');
  const data = value === undefined ? '' : attribute(2 | NESTED, valueOf(value, found));
  return attribute(1 | NESTED, attribute(1 | NESTED, attribute(1, digits)) + data);
}

function valueOf(field: Field | 'chain', spelled: string): string {
  if (field !== 'chain') return attribute(1, field.digits(spelled));
  const chain = spelled.slice('jump '.length);
  return attribute(2 | NESTED, attribute(1, JUMP) + attribute(2, text(chain)));
}

/** Lengths count the header; what follows begins at a multiple of four bytes. */
function attribute(type: number, digits: string): string {
  const padded = digits.length % 8 === 0 ? digits : digits.padEnd(Math.ceil(digits.length / 8) * 8, '0');
  return half(4 + digits.length / 2) + half(type) + padded;
}

function message(type: number, flags: number, family: string, digits: string): string {
  const length = 20 + digits.length / 2;
  return `${half(length & 0xffff)}${half(length >>> 16)}${half(type)}${half(flags)}${'0'.repeat(16)}${family}${digits}`;
}

const HALVES = new Map<number, string>();

/** 16 bits, in the order of x86 and ARM. */
function half(value: number): string {
  let digits = HALVES.get(value);
  if (digits === undefined) {
    digits = (((value & 0xff) << 8) | (value >>> 8)).toString(16).padStart(4, '0');
    HALVES.set(value, digits);
  }
  return digits;
}

function text(words: string): string {
  return `${Buffer.from(words).toString('hex')}00`;
}
