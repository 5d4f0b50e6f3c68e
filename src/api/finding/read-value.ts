/** Reads one value of a field from text; null where it is none. Pure, and strict: what it lets through PostgreSQL reads. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { addressBits, familyOf, isRefused, parseUsableAddress } from '../../domain/address.js';
import type { FieldKind, Value } from './listed-field.js';

const INTEGER = /^-?\d{1,15}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** PostgreSQL reads no year 0, and JavaScript writes years beyond 9999 in its own way. */
const TIME = /^(?!0000)\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const PREFIX_LENGTH = /^(?:0|[1-9]\d{0,2})$/;

const READERS: Readonly<Record<FieldKind, (text: string) => Value | null>> = {
  text: (text) => text,
  word: (text) => text,
  integer: (text) => (INTEGER.test(text) ? Number(text) : null),
  boolean: (text) => (text === 'true' || text === 'false' ? text === 'true' : null),
  uuid: (text) => (UUID.test(text) ? text.toLowerCase() : null),
  address: readAddressOrSubnet,
  time: readTime,
};

export function readValue(kind: FieldKind, text: string): Value | null {
  return READERS[kind](text);
}

/** What `readValue` wants, in words that complete `must be …`. */
export const WANTED: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  word: 'a word',
  integer: 'an integer',
  boolean: 'true or false',
  uuid: 'a UUID',
  address: 'an address, or a subnet such as 192.0.2.0/24',
  time: 'a time such as 2026-11-23T10:00:00Z',
};

function readAddressOrSubnet(text: string): string | null {
  const slash = text.indexOf('/');
  if (slash >= 0) return readSubnet(text.slice(0, slash), text.slice(slash + 1));
  const address = parseUsableAddress(text);
  return isRefused(address) ? null : address;
}

/** Its base may be what no VIP can be, such as 0.0.0.0 of 0.0.0.0/0. */
function readSubnet(base: string, length: string): string | null {
  const isPlain = isIP(base) !== 0 && !base.includes('%') && !(base.includes(':') && base.includes('.'));
  if (!isPlain || !PREFIX_LENGTH.test(length)) return null;
  if (Number(length) > addressBits(familyOf(base))) return null;
  return `${ipaddr.parse(base).toString()}/${length}`;
}

function readTime(text: string): string | null {
  const at = TIME.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) return null;
  const canonical = new Date(at).toISOString();
  // A zone can move the last hours of a year into the next one.
  return TIME.test(canonical) ? canonical : null;
}
