/** Reads the history of the operators' intent. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { DEFAULT_PAGE_LIMIT, decodeCursor, encodeCursor, fitting } from '../http/page.js';
import { AuditEntryRow } from '../store/rows/audit-entry.row.js';
import { RevisionRow } from '../store/rows/revision.row.js';
import { RevisionView, type RevisionPageView } from './revision.view.js';
import type { RevisionsQuery } from './revisions.query.js';

/** Objects that the revisions of one page changed, all taken together. */
const MOST_ENTRIES = 2_000;

@Injectable()
export class ReadRevisions {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async one(number: number): Promise<RevisionView> {
    const { manager } = this.dataSource;
    const [view] = await withEntries(manager, await manager.findBy(RevisionRow, { number }));
    if (view !== undefined) return view;
    throw new Failed(
      failure('not-found', 'not-found', `There is no revision ${number}.`, 'List them: GET /v1/revisions.'),
    );
  }

  async page(query: RevisionsQuery): Promise<RevisionPageView> {
    const { manager } = this.dataSource;
    const limit = query.limit ?? DEFAULT_PAGE_LIMIT;
    const select = manager.createQueryBuilder(RevisionRow, 'revision');
    if (query.ticket !== undefined) select.andWhere('revision.ticket = :ticket', { ticket: query.ticket });
    if (query.objectId !== undefined) {
      select.andWhere(
        'EXISTS (SELECT 1 FROM audit_entry e WHERE e.revision = revision.number AND e.object_id = :objectId)',
        { objectId: query.objectId },
      );
    }
    const total = query.total === true ? { total: await select.getCount() } : {};
    if (query.cursor !== undefined) {
      const [before] = decodeCursor(query.cursor, isCursor);
      select.andWhere('revision.number < :before', { before });
    }
    const rows = await select
      .orderBy('revision.number', 'DESC')
      .limit(limit + 1)
      .getMany();
    const shown = await withFewEntries(manager, rows.slice(0, limit));
    const last = rows.length > shown.length ? shown.at(-1) : undefined;
    return {
      items: await withEntries(manager, shown),
      nextCursor: last === undefined ? null : encodeCursor([last.number]),
      ...total,
    };
  }
}

async function withFewEntries(
  manager: EntityManager,
  rows: readonly RevisionRow[],
): Promise<readonly RevisionRow[]> {
  const counts: { revision: number; count: number }[] = await manager.query(
    `SELECT revision::float8 AS revision, count(*)::integer AS count FROM audit_entry
     WHERE revision = ANY ($1) GROUP BY revision`,
    [rows.map(({ number }) => number)],
  );
  const byNumber = new Map(counts.map(({ revision, count }) => [revision, count]));
  return fitting(rows, ({ number }) => byNumber.get(number) ?? 0, MOST_ENTRIES);
}

async function withEntries(manager: EntityManager, rows: readonly RevisionRow[]): Promise<RevisionView[]> {
  if (rows.length === 0) return [];
  const entries = await manager.find(AuditEntryRow, {
    where: { revision: In(rows.map(({ number }) => number)) },
    order: { revision: 'ASC', position: 'ASC' },
  });
  return rows.map((row) =>
    RevisionView.of(
      row,
      entries.filter(({ revision }) => revision === row.number),
    ),
  );
}

function isCursor(value: unknown): value is readonly [number] {
  return Array.isArray(value) && value.length === 1 && Number.isSafeInteger(value[0]);
}
