/**
 * Tells what is otherwise at one revision than at another, object by object, from the history alone. What was made and
 * deleted between them, or changed and changed back, is no difference. It comes in pages, in the order of ids, all of them of
 * the same two revisions, whatever is changed meanwhile.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { decodeCursor, DEFAULT_PAGE_LIMIT, encodeCursor, type PageQuery } from '../http/page.js';
import { readCommitOrder } from '../store/commit-order.js';
import { readSnapshot } from '../store/read-snapshot.js';
import type { AuditEntryRow } from '../store/rows/audit-entry.row.js';
import type { DifferenceView } from './difference.view.js';
import { requireKept } from './kept-history.js';

interface Row {
  readonly objectType: AuditEntryRow['objectType'];
  readonly objectId: string;
  readonly before: object | null;
  readonly after: object | null;
}

/** Of a node counts who it is: entries about it have beside that only what moved. */
const intentOf = (side: string) => `CASE WHEN f.object_type <> 'node' OR ${side} IS NULL THEN ${side}
  ELSE jsonb_build_object('name', ${side}->'name', 'role', ${side}->'role', 'addresses', ${side}->'addresses') END`;

// The places of the entries first, and what stands there of the first and the last alone: entries are large.
const SQL = `
  WITH changed AS MATERIALIZED (
    SELECT object_id, revision, position FROM audit_entry
    WHERE revision > $1 AND revision <= $2 AND ($3::uuid IS NULL OR object_id > $3)),
  firsts AS (SELECT DISTINCT ON (object_id) * FROM changed ORDER BY object_id, revision, position),
  lasts AS (SELECT DISTINCT ON (object_id) * FROM changed ORDER BY object_id, revision DESC, position DESC),
  ends AS (
    SELECT f.object_type AS "objectType", f.object_id AS "objectId",
      ${intentOf('f.before')} AS before, ${intentOf('l.after')} AS after
    FROM firsts JOIN lasts USING (object_id)
    JOIN audit_entry f ON f.revision = firsts.revision AND f.position = firsts.position
    JOIN audit_entry l ON l.revision = lasts.revision AND l.position = lasts.position)
  SELECT * FROM ends WHERE before IS DISTINCT FROM after ORDER BY "objectId" LIMIT $4`;

@Injectable()
export class ReadDifference {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** @param to undefined: the newest. */
  between(from: number, to: number | undefined, page: PageQuery): Promise<DifferenceView> {
    return readSnapshot(this.dataSource, async (manager) => {
      const place = placeOf(page.cursor, to);
      const end = place?.to ?? to ?? (await readCommitOrder(manager)).revision;
      await requireKept(manager, from);
      await requireKept(manager, end);
      return read(manager, { from, to: end, after: place?.after ?? null }, page.limit);
    });
  }
}

async function read(
  manager: EntityManager,
  { from, to, after }: { readonly from: number; readonly to: number; readonly after: string | null },
  limit = DEFAULT_PAGE_LIMIT,
): Promise<DifferenceView> {
  const span = [Math.min(from, to), Math.max(from, to)];
  const rows = await manager.query<Row[]>(SQL, [...span, after, limit + 1]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return {
    from,
    to,
    items: shown
      .map((row) => (from <= to ? row : { ...row, before: row.after, after: row.before }))
      .map(withAction),
    nextCursor: isMore ? encodeCursor([last.objectId, to]) : null,
  };
}

function withAction({ objectType, objectId, before, after }: Row): DifferenceView['items'][number] {
  const action = before === null ? 'create' : after === null ? 'delete' : 'update';
  return { action, objectType, objectId, before, after };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where the page before ended, and the newest revision as it was for the first page. */
function placeOf(
  cursor: string | undefined,
  asked: number | undefined,
): { readonly after: string; readonly to: number } | null {
  if (cursor === undefined) return null;
  const isPosition = (value: unknown): value is readonly [string, number] => {
    if (!Array.isArray(value) || value.length !== 2) return false;
    const [after, to] = value as readonly unknown[];
    const isRevision = Number.isSafeInteger(to) && Number(to) >= 0 && (asked === undefined || asked === to);
    return typeof after === 'string' && UUID.test(after) && isRevision;
  };
  const [after, to] = decodeCursor(cursor, isPosition);
  return { after, to };
}
