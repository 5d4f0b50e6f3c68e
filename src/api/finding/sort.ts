/** Reads `sort`: names of fields between commas, `-` before one that goes down. Pure. */
import { fieldOf, tagKey, type Listing, type SortKey } from './listed-field.js';
import type { Fault } from './read-condition.js';

/** Each of them is a part of every cursor. */
const MOST_KEYS = 4;

export function readSort(listing: Listing, text: string): readonly SortKey[] | { readonly fault: Fault } {
  const keys = text.split(',').map(readKey);
  const strange = keys.find(({ field }) => !isSortable(listing, field));
  if (strange !== undefined) {
    const hint = `One can sort by ${sortableFields(listing).join(', ')}.`;
    return { fault: { message: `cannot be by ${JSON.stringify(strange.field)}.`, hint } };
  }
  if (keys.length > MOST_KEYS || new Set(keys.map(({ field }) => field)).size < keys.length) {
    const message = `must be at most ${MOST_KEYS} fields, each once.`;
    return { fault: { message, hint: 'Such as name,-createdAt.' } };
  }
  return keys;
}

export function sortableFields(listing: Listing): readonly string[] {
  return Object.keys(listing.fields).filter((name) => isSortable(listing, name));
}

/** The order with what settles its ties, in the direction of the last one so that an index can be read either way. */
export function totalOrder(listing: Listing, order: readonly SortKey[]): readonly SortKey[] {
  if (order.some(({ field }) => field === listing.key)) return order;
  return [...order, { field: listing.key, descending: order.at(-1)?.descending ?? false }];
}

function readKey(text: string): SortKey {
  const descending = text.startsWith('-');
  return { field: descending ? text.slice(1) : text, descending };
}

function isSortable(listing: Listing, name: string): boolean {
  const field = fieldOf(listing, name);
  if (field === undefined || tagKey(name) !== null) return false;
  const isKnownBefore = field.sql !== undefined || listing.inMemory === true;
  return field.sortable !== false && field.hidden !== true && field.group === undefined && isKnownBefore;
}
