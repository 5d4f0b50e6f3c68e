/** Finds where the objects of a list stand: the one statement that says filters, order and position in SQL. */
import type { EntityManager } from 'typeorm';
import { PUT_TOGETHER } from '../store/preparing-client.js';
import { filterSql, wordsSql } from './filter-sql.js';
import { afterSql, keysSql, orderSql, positionSql, type Position } from './keyset.js';
import { fieldOf, type Condition, type Listing, type SortKey, type Value } from './listed-field.js';
import { isDerived, type ListQuery } from './list-query.js';
import { satisfies } from './matches.js';
import { Parameters } from './parameters.js';

export interface Place {
  readonly id: string;
  readonly position: Position;
  /** How much of a page the object takes. */
  readonly size: number;
}

/** Constants of a feature: what is listed, and where it is. */
export interface Source {
  readonly listing: Listing;
  readonly from: string;
  readonly id: string;
  /** Of the object whose id is `p.id`; asked of those on the page alone. */
  readonly size: string;
}

export async function findPlaces(
  manager: EntityManager,
  { listing, from, id, size }: Source,
  query: ListQuery,
  order: readonly SortKey[],
  after: readonly Value[] | null,
  count: number,
): Promise<Place[]> {
  const parameters = new Parameters();
  const where = whereSql(listing, query, parameters);
  if (after !== null) where.push(afterSql(listing, order, after, parameters));
  const places = await manager.query<Place[]>(
    `${PUT_TOGETHER} SELECT p.id, ${positionSql(listing, order)} AS position, ${size} AS size FROM (
       SELECT ${id} AS id, ${keysSql(listing, order)} FROM ${from} ${toWhere(where)}
       ORDER BY ${orderSql(order)} LIMIT ${LIMITS.find((limit) => limit >= count)}) AS p
     ORDER BY ${orderSql(order)}`,
    parameters.values,
  );
  return places.slice(0, count);
}

/** A number in the statement has the planner know that few rows are wanted; few numbers make few statements. */
const LIMITS = [51, 101, 201, 501] as const;

export async function countPlaces(
  manager: EntityManager,
  { listing, from }: Source,
  query: ListQuery,
): Promise<number> {
  const parameters = new Parameters();
  const where = toWhere(whereSql(listing, query, parameters));
  const [row] = await manager.query<{ readonly total: number }[]>(
    `${PUT_TOGETHER} SELECT count(*)::integer AS total FROM ${from} ${where}`,
    parameters.values,
  );
  return row?.total ?? 0;
}

function whereSql(listing: Listing, { conditions, words }: ListQuery, parameters: Parameters): string[] {
  return [
    ...filterSql(listing, conditions, parameters),
    ...wordsSql(listing, words, parameters),
    ...conditions.flatMap((condition) => narrowed(listing, condition)),
  ];
}

function toWhere(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

/** What the database can tell of a derived field, so that fewer objects have to be asked. */
function narrowed(listing: Listing, condition: Condition): readonly string[] {
  const field = fieldOf(listing, condition.field);
  if (!isDerived(listing, condition.field) || field?.narrows === undefined) return [];
  const allowed = (field.words ?? []).filter((word) => satisfies(condition, field.kind, [word]));
  return [field.narrows(new Set(allowed)) ?? []].flat();
}
