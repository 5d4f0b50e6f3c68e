/**
 * Fills a page by going through a list from a position on. Where a condition can only be told object by object, it looks
 * at so many and no more: such a page may hold fewer objects than asked for, or none, and still name where to go on.
 */
import { fitting } from '../http/page.js';
import { writeCursor, type Position } from './keyset.js';
import type { SortKey, Value } from './listed-field.js';
import type { Place } from './find-places.js';

export interface Walk<T> {
  readonly order: readonly SortKey[];
  readonly limit: number;
  /** Whether objects may be left out that were found. */
  readonly isSieving: boolean;
  /** The next places after a position. */
  readonly next: (after: readonly Value[] | null, count: number) => Promise<readonly Place[]>;
  /** Reads objects and keeps those that belong on the page, with their places. */
  readonly read: (places: readonly Place[]) => Promise<readonly Found<T>[]>;
}

export interface Found<T> {
  readonly place: Place;
  readonly object: T;
}

export interface Walked<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** What the objects that are read at once bring along, all taken together: of services, their real servers. */
const MOST_AT_ONCE = 2_000;
const OBJECTS_AT_ONCE = 100;
/** Of a page that sieves: objects, and what they bring along. */
const MOST_LOOKED_AT = 5_000;

/** @param after where to begin; null: at the first. */
export async function walk<T>(
  { order, limit, isSieving, next, read }: Walk<T>,
  after: readonly Value[] | null,
): Promise<Walked<T>> {
  const found: Found<T>[] = [];
  let last: Position | null = null;
  for (let looked = 0; ;) {
    const wanted = isSieving ? OBJECTS_AT_ONCE : limit;
    const places = await next(last ?? after, wanted + 1);
    const chunk = fitting(places.slice(0, wanted), ({ size }) => size, MOST_AT_ONCE);
    found.push(...(await read(chunk)));
    looked += chunk.reduce((sum, { size }) => sum + 1 + size, 0);
    last = chunk.at(-1)?.position ?? last;
    if (found.length > limit || (found.length === limit && places.length > chunk.length)) {
      return pageOf(found.slice(0, limit), found[limit - 1]?.place.position ?? null, order);
    }
    if (places.length === chunk.length) return pageOf(found, null, order);
    if (!isSieving || looked >= MOST_LOOKED_AT) return pageOf(found, last, order);
  }
}

function pageOf<T>(found: readonly Found<T>[], last: Position | null, order: readonly SortKey[]): Walked<T> {
  return {
    items: found.map(({ object }) => object),
    nextCursor: last === null ? null : writeCursor(order, last),
  };
}
