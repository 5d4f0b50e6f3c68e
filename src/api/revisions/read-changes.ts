/** Reads what revisions did, object by object, in the order in which they did it: a page of each, for one may be of all objects. */
import type { EntityManager } from 'typeorm';
import { decodeCursor, encodeCursor, MAX_PAGE_LIMIT, type PageQuery } from '../http/page.js';
import type { AuditEntryRow } from '../store/rows/audit-entry.row.js';

/** Changes of one revision that follow each other. */
export interface ChangesPage {
  readonly changes: readonly AuditEntryRow[];
  /** Of the whole revision. */
  readonly totalChanges: number;
  /** Null where these are the last. */
  readonly nextCursor: string | null;
}

// Positions of a revision's entries count from 0, without a gap.
const SQL = `
  SELECT e.revision::float8 AS revision, e.position, e.action, e.object_type AS "objectType", e.object_id AS "objectId",
    e.before, e.after
  FROM audit_entry e
  WHERE e.revision = ANY ($1) AND e.position >= $2 AND e.position < $3 ORDER BY e.revision, e.position`;

const TOTALS = `
  SELECT number, (SELECT coalesce(max(position) + 1, 0) FROM audit_entry WHERE revision = number) AS total
  FROM unnest($1::bigint[]) AS w (number)`;

/** By the numbers of the revisions. */
export async function readChanges(
  manager: EntityManager,
  numbers: readonly number[],
  { limit = MAX_PAGE_LIMIT, cursor }: Pick<PageQuery, 'limit' | 'cursor'> = {},
): Promise<ReadonlyMap<number, ChangesPage>> {
  if (numbers.length === 0) return new Map();
  const [start] = cursor === undefined ? [0] : decodeCursor(cursor, isPosition);
  const end = start + limit;
  const [entries, totals] = await Promise.all([
    manager.query<AuditEntryRow[]>(SQL, [numbers, start, end]),
    manager.query<{ number: string; total: number }[]>(TOTALS, [numbers]),
  ]);
  return new Map(
    totals.map(({ number, total }) => {
      const nextCursor = end < total ? encodeCursor([end]) : null;
      const changes = entries.filter(({ revision }) => revision === Number(number));
      return [Number(number), { changes, totalChanges: total, nextCursor }];
    }),
  );
}

function isPosition(value: unknown): value is readonly [number] {
  const isOne = Array.isArray(value) && value.length === 1;
  return isOne && Number.isInteger(value[0]) && value[0] >= 0 && value[0] <= MOST_POSITIONS;
}

/** As PostgreSQL counts them, with room for a page. */
const MOST_POSITIONS = 2 ** 30;
