/**
 * Pages by position: a cursor holds the sort values of the last object, and the next page is what comes after them. So
 * what others insert or delete meanwhile moves nothing; an object is missed or met twice only if its own sort values change.
 * Pure. A cursor comes from outside: one that does not fit the list and its order is refused.
 */
import { decodeCursor, encodeCursor } from '../http/page.js';
import { COLUMN_TYPES, sortedBy } from './column-types.js';
import { fieldOf, type ListedField, type Listing, type SortKey, type Value } from './listed-field.js';
import type { Parameters } from './parameters.js';
import { readValue } from './read-value.js';

/** Sort values of one object, in the order of the keys, each as text. */
export type Position = readonly string[];

export function writeCursor(order: readonly SortKey[], position: Position): string {
  return encodeCursor([nameOf(order), ...position]);
}

/** The position with its values read, or throws 400. */
export function readCursor(listing: Listing, order: readonly SortKey[], cursor: string): readonly Value[] {
  const fields = order.map((key) => sortField(listing, key));
  const values = (texts: readonly unknown[]): readonly (Value | null)[] =>
    fields.map((field, index) => {
      const text = texts[index];
      return typeof text === 'string' ? readSortValue(field, text) : null;
    });
  const isPosition = (value: unknown): value is readonly string[] =>
    Array.isArray(value) &&
    value.length === order.length + 1 &&
    value[0] === nameOf(order) &&
    !values(value.slice(1)).includes(null);
  return values(decodeCursor(cursor, isPosition).slice(1)).filter((value) => value !== null);
}

/** What the list is sorted by, as columns of their own. */
export function keysSql(listing: Listing, order: readonly SortKey[]): string {
  return order.map((key, index) => `${sortedBy(sortField(listing, key))} AS k${index}`).join(', ');
}

export function orderSql(order: readonly SortKey[]): string {
  return order.map(({ descending }, index) => `k${index} ${descending ? 'DESC' : 'ASC'}`).join(', ');
}

/** What to select for a cursor, as text. Of few objects: to make a text takes longer than to compare. */
export function positionSql(listing: Listing, order: readonly SortKey[]): string {
  const texts = order.map((key, index) => COLUMN_TYPES[sortField(listing, key).kind].text(`p.k${index}`));
  return `ARRAY[${texts.join(', ')}]`;
}

/** "After this position". Where all keys go one way it is one comparison of rows, which an index can begin at. */
export function afterSql(
  listing: Listing,
  order: readonly SortKey[],
  values: readonly Value[],
  parameters: Parameters,
): string {
  const keys = order.map((key, index) => {
    const field = sortField(listing, key);
    const value = parameters.add(values[index], COLUMN_TYPES[field.kind].type);
    return { sql: sortedBy(field), value, sign: key.descending ? '<' : '>' };
  });
  const [first] = keys;
  if (first !== undefined && keys.every(({ sign }) => sign === first.sign)) {
    const row = (part: 'sql' | 'value'): string => keys.map((key) => key[part]).join(', ');
    return `(${row('sql')}) ${first.sign} (${row('value')})`;
  }
  const later = keys.map(({ sql, sign, value }, index) => {
    const equal = keys.slice(0, index).map((key) => `${key.sql} = ${key.value}`);
    return `(${[...equal, `${sql} ${sign} ${value}`].join(' AND ')})`;
  });
  return `(${later.join(' OR ')})`;
}

function nameOf(order: readonly SortKey[]): string {
  return order.map(({ field, descending }) => `${descending ? '-' : ''}${field}`).join(',');
}

function sortField(listing: Listing, { field }: SortKey): ListedField {
  const found = fieldOf(listing, field);
  if (found === undefined) throw new Error(`${field} is no field of the list`);
  return found;
}

/** As the database reads it: a subnet is no position, nor a text that it could not have stored. */
function readSortValue({ kind }: ListedField, text: string): Value | null {
  if (text.includes('\0') || (kind === 'address' && text.includes('/'))) return null;
  return readValue(kind, text);
}
