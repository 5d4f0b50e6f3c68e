/** Reads the history of the operators' intent. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { listPage } from '../finding/list-page.js';
import type { ListQuery } from '../finding/list-query.js';
import { sparse } from '../finding/sparse.js';
import { RevisionRow } from '../store/rows/revision.row.js';
import type { ChangesQuery } from './changes.query.js';
import { readChanges } from './read-changes.js';
import { RevisionView, type RevisionPageView } from './revision.view.js';
import { REVISIONS } from './revision.listing.js';

@Injectable()
export class ReadRevisions {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async one(number: number, page: ChangesQuery): Promise<RevisionView> {
    const { manager } = this.dataSource;
    const [view] = await withChanges(manager, await manager.findBy(RevisionRow, { number }), page);
    if (view !== undefined) return view;
    throw new Failed(
      failure('not-found', 'not-found', `There is no revision ${number}.`, 'List them: GET /v1/revisions.'),
    );
  }

  async page(query: ListQuery): Promise<RevisionPageView> {
    const { manager } = this.dataSource;
    const page = await listPage(manager, REVISIONS, query, async (places) => {
      const rows = await manager.findBy(RevisionRow, { number: In(places.map(({ id }) => Number(id))) });
      const views = await withChanges(manager, rows);
      return new Map(views.map((view) => [String(view.number), view]));
    });
    return { ...page, items: sparse(page.items, query.fields) };
  }
}

async function withChanges(
  manager: EntityManager,
  rows: readonly RevisionRow[],
  page?: ChangesQuery,
): Promise<RevisionView[]> {
  const numbers = rows.map(({ number }) => number);
  const changes = await readChanges(manager, numbers, page);
  return rows.flatMap((row) => {
    const of = changes.get(row.number);
    return of === undefined ? [] : RevisionView.of(row, of);
  });
}
