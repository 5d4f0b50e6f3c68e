/** Queries of lists: such as somebody means, of fields and values that there are, and whatever may be sent. */
import fc from 'fast-check';
import { valuesAt } from '../../src/api/finding/matches.js';
import type { Listing } from '../../src/api/finding/listed-field.js';
import { isDerived } from '../../src/api/finding/is-derived.js';
import { operatorsOf } from '../../src/api/finding/operators-of.js';

type Pair = readonly [name: string, value: string];

/** One or two conditions on fields that are stored and not of a group, with values of the objects themselves. */
export function meantQuery(listing: Listing, objects: readonly object[]): fc.Arbitrary<Pair[]> {
  const names = Object.entries(listing.fields).flatMap(([name, { holds, group }]) =>
    holds === undefined && group === undefined && !isDerived(listing, name) ? [name] : [],
  );
  return fc.array(
    fc.constantFrom(...names).chain((name) => meantFilter(listing, name, objects)),
    {
      minLength: 1,
      maxLength: 2,
    },
  );
}

/** Two or three alternatives of one or two conditions each, status among them. */
export function meantChoice(listing: Listing, objects: readonly object[]): fc.Arbitrary<Pair> {
  const derived = Object.keys(listing.fields).filter((name) => isDerived(listing, name));
  const ofStatus = fc.constantFrom(...derived).chain((name) => meantFilter(listing, name, objects));
  const alternative = fc
    .tuple(
      meantQuery(listing, objects),
      fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: ofStatus }),
    )
    .map(([stored, last]) => (last === null ? stored : [...stored.slice(1), last]));
  return fc
    .array(alternative, { minLength: 2, maxLength: 3 })
    .map((each): Pair => ['or', each.map((pairs) => asQuery(pairs)).join('|')]);
}

/** Leaves no `|`. */
export function asQuery(pairs: readonly Pair[]): string {
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
}

function meantFilter(listing: Listing, name: string, objects: readonly object[]): fc.Arbitrary<Pair> {
  const field = listing.fields[name];
  if (field === undefined) throw new Error(`${name} is no field`);
  const found = objects.flatMap((object) => valuesAt(object, name.split('.'))).map(String);
  const value = fc.constantFrom(...(found.length === 0 ? ['0'] : found));
  return fc
    .tuple(fc.constantFrom(...operatorsOf(field)), fc.array(value, { minLength: 1, maxLength: 3 }), fc.nat(3))
    .map(([operator, values, cut]): Pair => {
      const escaped = values.map((each) => each.replace(/[\\,]/g, '\\$&'));
      if (operator === 'is' || operator === 'not') return [name, `${operator}:null`];
      if (operator === 'in' || operator === 'out') return [name, `${operator}:${escaped.join()}`];
      if (operator === 'prefix') return [name, `prefix:${[...(values[0] ?? '')].slice(0, cut).join('')}`];
      return [name, `${operator}:${values[0] ?? ''}`];
    });
}

/** A query string of anything, most of whose names are known. */
export function anyQuery(listing: Listing): fc.Arbitrary<string> {
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...Object.keys(listing.fields), 'tag.env', 'tag.a/b') },
    { weight: 3, arbitrary: fc.constantFrom('or', 'or', 'q', 'sort', 'fields', 'limit', 'cursor', 'total') },
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const head = fc.constantFrom(
    '',
    'eq:',
    'ne:',
    'in:',
    'out:',
    'lt:',
    'gte:',
    'prefix:',
    'contains:',
    'is:',
    'x:',
  );
  const rest = fc.oneof(
    fc.constantFrom(
      '80',
      '-1',
      '999999999999999',
      '1e9',
      'tcp',
      'true',
      'null',
      'prod',
      'W10',
      'id,-name',
      ',',
    ),
    fc.constantFrom('192.0.2.1', '0.0.0.0/0', '::/0', '::1%lo', '2001:db8::/129', '10.0.0.1/08'),
    fc.constantFrom('2026-11-23', '9999-12-31T23:59:59-23:59', '0001-01-01T00:00:00+23:59', '2026-02-30'),
    fc.constantFrom(
      "'",
      '\\',
      "' OR 1=1 --",
      '"',
      '\u{10ffff}',
      '\ud7ff',
      '\u2003',
      '%',
      '😀:*',
      "a':*|b",
      'port=80|status.operating=ne:online&tag.env=prod',
      'tag.env=a%7Cb|tag.a/b=is:null',
      'or=port=80|',
      '!',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  return fc
    .array(fc.tuple(name, head, rest), { maxLength: 4 })
    .map((parts) =>
      parts
        .map(([key, operator, value]) => `${encodeURIComponent(key)}=${operator}${encodeURIComponent(value)}`)
        .join('&'),
    )
    .filter((query) => !query.includes('%00'));
}
