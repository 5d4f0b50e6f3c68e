/** A page of objects that are all in hand: the same language, order and cursors as `list-page.ts`, without SQL. */
import type { Page } from '../http/page.js';
import { COLUMN_TYPES } from './column-types.js';
import { compareValues } from './compare-values.js';
import { readCursor, writeCursor } from './keyset.js';
import { fieldOf, type FieldKind, type Listing, type SortKey, type Value } from './listed-field.js';
import type { ListQuery } from './list-query.js';
import { matches, valuesAt } from './matches.js';
import { totalOrder } from './sort.js';

export function memoryPage<T extends object>(
  listing: Listing,
  query: ListQuery,
  objects: readonly T[],
): Page<T> {
  const order = totalOrder(listing, query.order);
  const kinds = order.map(({ field }) => fieldOf(listing, field)?.kind ?? 'text');
  const compare = (a: readonly Value[], b: readonly Value[]): number => comparePositions(order, kinds, a, b);
  const found = objects
    .filter((object) => matches(listing, query.conditions, object))
    .map((object) => ({ object, position: positionOf(order, kinds, object) }))
    .sort((a, b) => compare(a.position, b.position));
  const after = query.cursor === null ? null : readCursor(listing, order, query.cursor);
  const rest = after === null ? found : found.filter(({ position }) => compare(position, after) > 0);
  const shown = rest.slice(0, query.limit);
  const last = rest.length > shown.length ? shown.at(-1) : undefined;
  return {
    items: shown.map(({ object }) => object),
    nextCursor: last === undefined ? null : writeCursor(order, last.position.map(String)),
    ...(query.total && { total: found.length }),
  };
}

function positionOf(
  order: readonly SortKey[],
  kinds: readonly FieldKind[],
  object: object,
): readonly Value[] {
  return order.map(({ field }, index) => {
    const [value = COLUMN_TYPES[kinds[index] ?? 'text'].lowest] = valuesAt(object, field.split('.'));
    return value;
  });
}

function comparePositions(
  order: readonly SortKey[],
  kinds: readonly FieldKind[],
  a: readonly Value[],
  b: readonly Value[],
): number {
  for (const [index, { descending }] of order.entries()) {
    const sign = compareValues(kinds[index] ?? 'text', a[index] ?? '', b[index] ?? '');
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}
