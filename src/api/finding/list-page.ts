/** A page of what is stored in rows: found in SQL, read, asked what only the objects can tell, and counted if wished. */
import type { EntityManager } from 'typeorm';
import type { Page } from '../http/page.js';
import { countPlaces, findPlaces, type Place, type Source } from './find-places.js';
import { readCursor } from './keyset.js';
import { satisfiesDerived } from './derived.js';
import { asksDerived } from './is-derived.js';
import type { ListQuery } from './list-query.js';
import { totalOrder } from './sort.js';
import { walk } from './walk.js';

/** @param read the objects at these places, in any order; one that is gone meanwhile is left out. */
export async function listPage<T extends object>(
  manager: EntityManager,
  source: Source,
  query: ListQuery,
  read: (places: readonly Place[]) => Promise<ReadonlyMap<string, T>>,
): Promise<Page<T>> {
  const { listing } = source;
  const order = totalOrder(listing, query.order);
  const derived = query.conditions.filter((clause) => asksDerived(listing, clause));
  const after = query.cursor === null ? null : readCursor(listing, order, query.cursor);
  const page = await walk(
    {
      order,
      limit: query.limit,
      isSieving: derived.length > 0,
      next: (from, count) => findPlaces(manager, source, query, order, from, count),
      read: async (places) => {
        const byId = await read(places);
        return places.flatMap((place) => {
          const object = byId.get(place.id);
          if (object === undefined) return [];
          return satisfiesDerived(listing, derived, object, place.held ?? []) ? [{ place, object }] : [];
        });
      },
    },
    after,
  );
  return { ...page, ...(query.total && { total: await countPlaces(manager, source, query) }) };
}
