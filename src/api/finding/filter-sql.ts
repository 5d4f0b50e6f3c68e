/**
 * Says clauses in SQL. What is derived the database cannot tell: of that it says what all have that could satisfy it, and
 * `derived.ts` decides. Names of columns come from the listing, values from the user: those are parameters, always.
 * An object without a value satisfies `ne` and `out`, and no comparison. `matches.ts` says the same for objects in hand.
 */
import { COLUMN_TYPES } from './column-types.js';
import {
  fieldOf,
  isChoice,
  tagKey,
  type Choice,
  type Clause,
  type Condition,
  type ListedField,
  type Listing,
  type Value,
} from './listed-field.js';
import { isDerived } from './is-derived.js';
import { satisfies } from './matches.js';
import type { Operator } from './operator.js';
import type { Parameters } from './parameters.js';
import { prefixEnd } from './prefix-end.js';
import { PUNCTUATION, wordsQuery } from './words.js';

const COMPARE: Readonly<Partial<Record<Operator, string>>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** One SQL condition each; those of a group are one, for they are about one and the same thing. */
export function filterSql(
  listing: Listing,
  clauses: readonly Clause[],
  parameters: Parameters,
): readonly string[] {
  const conditions = clauses.flatMap((clause) => (isChoice(clause) ? [] : [clause]));
  return [
    ...storedSql(listing, conditions, parameters),
    ...conditions.flatMap((condition) => narrowedSql(listing, condition)),
    ...clauses.filter(isChoice).map((choice) => choiceSql(listing, choice, parameters)),
  ];
}

/** An alternative of which the database can tell nothing may hold, for all that it knows. */
function choiceSql(listing: Listing, { anyOf }: Choice, parameters: Parameters): string {
  const each = anyOf.map((alternative) => allOf(filterSql(listing, alternative, parameters)));
  return `(${each.join(' OR ')})`;
}

export function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : `(${conditions.join(' AND ')})`;
}

/** What the database can tell of a derived field, so that fewer objects have to be asked. */
function narrowedSql(listing: Listing, condition: Condition): readonly string[] {
  const field = fieldOf(listing, condition.field);
  if (!isDerived(listing, condition.field) || field?.narrows === undefined) return [];
  const allowed = (field.words ?? []).filter((word) => satisfies(condition, field.kind, [word]));
  return [field.narrows(new Set(allowed)) ?? []].flat();
}

/** Of conditions, those on what is stored. */
export function storedSql(
  listing: Listing,
  conditions: readonly Condition[],
  parameters: Parameters,
): readonly string[] {
  const stored = conditions.filter(({ field }) => !isDerived(listing, field));
  const groupOf = ({ field }: Condition): string => fieldOf(listing, field)?.group ?? '';
  return [...new Set(stored.map(groupOf))].flatMap((group) => {
    const ofGroup = stored.filter((condition) => groupOf(condition) === group);
    const all = ofGroup.map((condition) => conditionSql(listing, condition, parameters));
    const frame = listing.groups?.[group];
    return frame === undefined ? all : [frame.replace('{}', () => all.join(' AND '))];
  });
}

/** The words of `q`. */
export function wordsSql(
  { words: sql }: Listing,
  words: readonly string[],
  parameters: Parameters,
): readonly string[] {
  if (sql === undefined || words.length === 0) return [];
  return [`${searchedSql(sql)} @@ to_tsquery('simple', ${parameters.add(wordsQuery(words), 'text')})`];
}

/** What is looked through: punctuation is no part of a word, or hosts and paths would be one word each. */
function searchedSql(sql: string): string {
  const from = PUNCTUATION.replaceAll("'", "''");
  return `to_tsvector('simple'::regconfig, translate(${sql}, '${from}', '${' '.repeat(PUNCTUATION.length)}'))`;
}

function conditionSql(listing: Listing, condition: Condition, parameters: Parameters): string {
  const key = tagKey(condition.field);
  if (key !== null) return tagSql(listing.tags ?? 'NULL::jsonb', key, condition, parameters);
  const field = fieldOf(listing, condition.field);
  const [value] = condition.values;
  if (field?.holds !== undefined) return field.holds(parameters.add(value, COLUMN_TYPES[field.kind].type));
  if (field?.sql === undefined) throw new Error(`${condition.field} is not stored`);
  return compareSql({ ...field, sql: field.sql }, condition, parameters);
}

/** Equality is said in the way that the index of tags knows. */
function tagSql(tags: string, key: string, condition: Condition, parameters: Parameters): string {
  const name = parameters.add(key, 'text');
  const [value] = condition.values;
  if (condition.operator === 'eq') {
    return `${tags} @> jsonb_build_object(${name}, ${parameters.add(value, 'text')})`;
  }
  return compareSql({ kind: 'text', sql: `(${tags} ->> ${name})` }, condition, parameters);
}

function compareSql(
  { kind, sql }: ListedField & { readonly sql: string },
  { operator, values }: Condition,
  parameters: Parameters,
): string {
  if (operator === 'is') return `${sql} IS NULL`;
  if (operator === 'not') return `${sql} IS NOT NULL`;
  const { type, collation } = COLUMN_TYPES[kind];
  const [value = ''] = values;
  const comparison = COMPARE[operator];
  if (comparison !== undefined) return `${sql}${collation} ${comparison} ${parameters.add(value, type)}`;
  if (operator === 'contains') return `strpos(${sql}, ${parameters.add(value, type)}) > 0`;
  if (operator === 'prefix') return prefixSql(`${sql}${collation}`, String(value), parameters);
  const isOneOf = setSql(
    kind,
    `${sql}${collation}`,
    operator === 'in' || operator === 'out',
    values,
    parameters,
  );
  return operator === 'ne' || operator === 'out' ? `(${isOneOf}) IS NOT TRUE` : isOneOf;
}

function setSql(
  kind: ListedField['kind'],
  sql: string,
  isSet: boolean,
  values: readonly Value[],
  parameters: Parameters,
): string {
  const { type } = COLUMN_TYPES[kind];
  const within = kind === 'address' && values.some((value) => String(value).includes('/'));
  const sign = within ? '<<=' : '=';
  return isSet
    ? `${sql} ${sign} ANY (${parameters.add(values, `${type}[]`)})`
    : `${sql} ${sign} ${parameters.add(values[0], type)}`;
}

/** A range, for an index knows no prefixes that come as parameters. */
function prefixSql(sql: string, prefix: string, parameters: Parameters): string {
  const from = `${sql} >= ${parameters.add(prefix, 'text')}`;
  const end = prefixEnd(prefix);
  return end === null ? from : `(${from} AND ${sql} < ${parameters.add(end, 'text')})`;
}
