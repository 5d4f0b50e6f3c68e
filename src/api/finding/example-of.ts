import { EXAMPLE_SERVICE_ID } from '../http/openapi/example-ids.js';
import type { FieldKind, ListedField } from './listed-field.js';

const BY_KIND: Readonly<Record<Exclude<FieldKind, 'word'>, string>> = {
  text: 'prefix:a',
  integer: 'gte:1',
  time: 'gte:2026-11-23',
  boolean: 'true',
  address: '192.0.2.0/24',
  uuid: EXAMPLE_SERVICE_ID,
};

/** A filter of that field, as it may be sent; shown in words, as whoever tries a list out wants no filter by itself. Pure. */
export function exampleOf({ kind, words = [], holds }: ListedField): string {
  if (holds !== undefined) return '80';
  return kind === 'word' ? `in:${words.slice(0, 2).join(',')}` : BY_KIND[kind];
}
