/** The order of values of one kind, as PostgreSQL has it. Pure. */
import ipaddr from 'ipaddr.js';
import { familyOf } from '../../domain/address.js';
import type { FieldKind, Value } from './listed-field.js';

/** Below, at or above 0. */
export function compareValues(kind: FieldKind, a: Value, b: Value): number {
  if (kind === 'integer' || kind === 'boolean') return Number(a) - Number(b);
  if (kind === 'address') return compareAddresses(String(a), String(b));
  // By code points, as bytes of UTF-8 are ordered; units of UTF-16 are not.
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function compareAddresses(a: string, b: string): number {
  if (familyOf(a) !== familyOf(b)) return familyOf(a) === 'ipv4' ? -1 : 1;
  const bytes = (text: string): Buffer => Buffer.from(ipaddr.parse(text).toByteArray());
  return Buffer.compare(bytes(a), bytes(b));
}
