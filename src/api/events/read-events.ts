/** Reads events: a page of them, or those that follow a position. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { filterSql } from '../finding/filter-sql.js';
import { listPage } from '../finding/list-page.js';
import type { ListQuery } from '../finding/list-query.js';
import { Parameters } from '../finding/parameters.js';
import { sparse } from '../finding/sparse.js';
import { PUT_TOGETHER } from '../store/preparing-client.js';
import { readCommitOrder } from '../store/commit-order.js';
import { EVENTS } from './event.listing.js';
import type { EventPlace } from './event-id.js';
import { EventView, type EventPageView, type StoredEvent } from './event.view.js';

const COLUMNS = `
  SELECT e.position::float8 AS position, e.epoch, e.type, e.time, e.object_type AS "objectType",
    e.object_id AS "objectId", e.virtual_service_id AS "virtualServiceId", e.name, e.tags,
    e.revision::float8 AS revision, r.actor, r.request_id AS "requestId", r.ticket, e.condition,
    coalesce(e.before, a.before) AS before, coalesce(e.after, a.after) AS after
  FROM ${EVENTS.from} LEFT JOIN audit_entry a ON a.revision = e.revision AND a.position = e.entry`;

const AT = `${COLUMNS} WHERE e.position = ANY ($1::bigint[])`;

/** The newest there is, and the oldest that is kept; the newest is always kept, where there has been one. */
export interface EventSpan {
  readonly newest: EventPlace;
  readonly oldest: number;
}

const SPAN = `
  SELECT l.position::float8 AS position, c.epoch,
    coalesce((SELECT position FROM event ORDER BY position LIMIT 1), l.position + 1)::float8 AS oldest,
    (SELECT epoch FROM event WHERE position = l.position) AS "newestEpoch"
  FROM event_log l CROSS JOIN cluster c`;

@Injectable()
export class ReadEvents {
  private cluster: Promise<string> | null = null;

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async page(query: ListQuery): Promise<EventPageView> {
    const { manager } = this.dataSource;
    const source = await this.source();
    const page = await listPage(manager, EVENTS, query, async (places) => {
      const rows = await manager.query<StoredEvent[]>(AT, [places.map(({ id }) => id)]);
      return new Map(rows.map((row) => [String(row.position), EventView.of(row, source)]));
    });
    return { ...page, items: sparse(page.items, query.fields) };
  }

  /** Of the installation, as events name it. */
  source(): Promise<string> {
    this.cluster ??= readCommitOrder(this.dataSource.manager).then(({ cluster }) => cluster);
    this.cluster.catch(() => (this.cluster = null));
    return this.cluster;
  }

  async span(): Promise<EventSpan> {
    const rows =
      await this.dataSource.query<
        { position: number; epoch: number; oldest: number; newestEpoch: number | null }[]
      >(SPAN);
    const [row] = rows;
    if (row === undefined) throw new Error('the row of the event log is missing: was the database migrated?');
    const { position, epoch, oldest, newestEpoch } = row;
    return { newest: { epoch: newestEpoch ?? epoch, position }, oldest };
  }

  /** Null: there is no event at this position any more, or there never was. */
  async epochAt(position: number): Promise<number | null> {
    const rows = await this.dataSource.query<{ epoch: number }[]>(
      'SELECT epoch FROM event WHERE position = $1',
      [position],
    );
    return rows[0]?.epoch ?? null;
  }

  /** In their order, those after a position and up to another that satisfy all conditions. */
  after(
    { from, to }: { readonly from: number; readonly to: number },
    conditions: ListQuery['conditions'],
    count: number,
  ): Promise<StoredEvent[]> {
    const parameters = new Parameters();
    const range = [
      `e.position > ${parameters.add(from, 'bigint')}`,
      `e.position <= ${parameters.add(to, 'bigint')}`,
    ];
    const where = [...range, ...filterSql(EVENTS.listing, conditions, parameters)].join(' AND ');
    return this.dataSource.query(
      `${PUT_TOGETHER} ${COLUMNS} WHERE ${where} ORDER BY e.position LIMIT ${count}`,
      parameters.values,
    );
  }
}
