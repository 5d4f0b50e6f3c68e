/** Follows a list from page to page. */
import type { ApiClient } from './api-client.js';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface Asked {
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** At most so many objects; absent: all. */
  readonly limit?: number | undefined;
}

/** The largest that the API answers with. */
const PAGE = 200;

export async function readPages<T>(api: ApiClient, { path, query, limit = Infinity }: Asked): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const size = String(Math.min(PAGE, limit - items.length));
    const place: [string, string][] = cursor === null ? [] : [['cursor', cursor]];
    const page: Page<T> = await api.json({ path, query: [...query, ['limit', size], ...place] });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return items;
}
