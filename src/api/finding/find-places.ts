/** Finds where the objects of a list stand: the one statement that says filters, order and position in SQL. */
import type { EntityManager } from 'typeorm';
import { PUT_TOGETHER } from '../store/preparing-client.js';
import { heldSql } from './derived.js';
import { filterSql, wordsSql } from './filter-sql.js';
import { afterSql, keysSql, orderSql, positionSql, type Position } from './keyset.js';
import type { Listing, SortKey, Value } from './listed-field.js';
import type { ListQuery } from './list-query.js';
import { Parameters } from './parameters.js';

export interface Place {
  readonly id: string;
  readonly position: Position;
  /** How much of a page the object takes. */
  readonly size: number;
  /** Of alternatives that the database cannot decide alone, whether what is stored allows them; see `derived.ts`. */
  readonly held?: readonly boolean[];
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
  const held = heldSql(listing, query.conditions, parameters);
  const places = await manager.query<Place[]>(
    `${isCommon(listing, query) ? '' : PUT_TOGETHER} SELECT p.id, ${positionSql(listing, order)} AS position, ${size} AS size${held === null ? '' : ', p.held'} FROM (
       SELECT ${id} AS id, ${keysSql(listing, order)}${held === null ? '' : `, ${held} AS held`} FROM ${from} ${toWhere(where)}
       ORDER BY ${orderSql(order)} LIMIT ${LIMITS.find((limit) => limit >= count)}) AS p
     ORDER BY ${orderSql(order)}`,
    parameters.values,
  );
  return places.slice(0, count);
}

/** A number in the statement has the planner know that few rows are wanted; few numbers make few statements. */
const LIMITS = [51, 101, 201, 501] as const;

/** Of the statements for what nearly everybody asks there are few: planning one takes longer than it does. */
function isCommon(listing: Listing, { conditions, words, order }: ListQuery): boolean {
  return conditions.length === 0 && words.length === 0 && order === listing.order;
}

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
  return [...filterSql(listing, conditions, parameters), ...wordsSql(listing, words, parameters)];
}

function toWhere(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}
