import { fieldOf, isChoice, tagKey, type Clause, type Listing } from './listed-field.js';

/** Whether it can only be told object by object. */
export function isDerived(listing: Listing, name: string): boolean {
  if (listing.inMemory === true || tagKey(name) !== null) return false;
  const field = fieldOf(listing, name);
  return field !== undefined && field.sql === undefined && field.holds === undefined;
}

/** Whether that takes such a field, be it in one of several alternatives. */
export function asksDerived(listing: Listing, clause: Clause): boolean {
  const conditions = isChoice(clause) ? clause.anyOf.flat() : [clause];
  return conditions.some(({ field }) => isDerived(listing, field));
}
