/** Whether an object in hand satisfies conditions: what `filter-sql.ts` says in SQL. Pure. */
import { subnetContains } from '../../domain/address.js';
import {
  fieldOf,
  isChoice,
  tagKey,
  type Clause,
  type Condition,
  type FieldKind,
  type Listing,
  type Value,
} from './listed-field.js';
import { compareValues } from './compare-values.js';

export function matches(listing: Listing, clauses: readonly Clause[], object: object): boolean {
  return clauses.every((clause) =>
    isChoice(clause)
      ? clause.anyOf.some((alternative) => matches(listing, alternative, object))
      : matchesOne(listing, clause, object),
  );
}

function matchesOne(listing: Listing, condition: Condition, object: object): boolean {
  const key = tagKey(condition.field);
  const values = valuesAt(object, key === null ? condition.field.split('.') : ['tags', key]);
  return satisfies(condition, fieldOf(listing, condition.field)?.kind ?? 'text', values);
}

/** `found` are the values of a field: of a list several, one of which must satisfy; none where there is no value. */
export function satisfies(
  { operator, values }: Condition,
  kind: FieldKind,
  found: readonly Value[],
): boolean {
  const [wanted = ''] = values;
  const isOneOf = (value: Value): boolean => values.some((each) => isSame(kind, value, each));
  const compared = (test: (sign: number) => boolean): boolean =>
    found.some((value) => test(compareValues(kind, value, wanted)));
  switch (operator) {
    case 'eq':
    case 'in':
      return found.some(isOneOf);
    case 'ne':
    case 'out':
      return !found.some(isOneOf);
    case 'lt':
      return compared((sign) => sign < 0);
    case 'lte':
      return compared((sign) => sign <= 0);
    case 'gt':
      return compared((sign) => sign > 0);
    case 'gte':
      return compared((sign) => sign >= 0);
    case 'prefix':
      return found.some((value) => String(value).startsWith(String(wanted)));
    case 'contains':
      return found.some((value) => String(value).includes(String(wanted)));
    case 'is':
      return found.length === 0;
    case 'not':
      return found.length > 0;
  }
}

/** What stands at a path; a list on the way is gone through. */
export function valuesAt(object: unknown, path: readonly string[]): readonly Value[] {
  if (object === null || object === undefined) return [];
  if (Array.isArray(object)) return object.flatMap((each) => valuesAt(each, path));
  const [name, ...rest] = path;
  if (name !== undefined) {
    return valuesAt(Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined, rest);
  }
  return typeof object === 'object' ? [JSON.stringify(object)] : [object as Value];
}

function isSame(kind: FieldKind, value: Value, wanted: Value): boolean {
  const isSubnet = kind === 'address' && String(wanted).includes('/');
  return isSubnet ? subnetContains(String(wanted), String(value)) : value === wanted;
}
