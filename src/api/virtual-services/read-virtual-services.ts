/** Reads virtual services for people and programs: one, or a page of them, each with its real servers and status. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { DEFAULT_PAGE_LIMIT, decodeCursor, encodeCursor, fitting, type Page } from '../http/page.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { readStatus, type ServiceWithStatus } from '../status/read-status.js';
import { loadVirtualServices, withRealServers } from '../store/load-virtual-services.js';
import { VirtualServiceRow } from '../store/rows/virtual-service.row.js';
import type { VirtualServicesQuery } from './virtual-services.query.js';

/** Real servers in one page, all services taken together; a service brings all of its own along. */
const MOST_SERVERS = 2_000;

/** In the order of creation; the id settles ties. */
type Cursor = readonly [createdAt: string, id: string];

@Injectable()
export class ReadVirtualServices {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async one(id: string): Promise<ServiceWithStatus> {
    const { manager } = this.dataSource;
    const [service] = await readStatus(manager, await loadVirtualServices(manager, [id]));
    if (service === undefined) throw virtualServiceNotFound(id);
    return service;
  }

  async page(query: VirtualServicesQuery): Promise<Page<ServiceWithStatus>> {
    const { manager } = this.dataSource;
    const limit = query.limit ?? DEFAULT_PAGE_LIMIT;
    const rows = await nextRows(filtered(manager, query), query.cursor, limit + 1);
    const shown = await withFewServers(manager, rows.slice(0, limit));
    const last = rows.length > shown.length ? shown.at(-1) : undefined;
    return {
      items: await readStatus(manager, await withRealServers(manager, shown)),
      nextCursor: last === undefined ? null : encodeCursor([last.createdAt.toISOString(), last.id]),
      ...(query.total === true && { total: await filtered(manager, query).getCount() }),
    };
  }
}

async function withFewServers(
  manager: EntityManager,
  rows: readonly VirtualServiceRow[],
): Promise<readonly VirtualServiceRow[]> {
  const counts: { id: string; count: number }[] = await manager.query(
    `SELECT virtual_service_id AS id, count(*)::integer AS count FROM real_server
     WHERE virtual_service_id = ANY ($1) GROUP BY virtual_service_id`,
    [rows.map(({ id }) => id)],
  );
  const byId = new Map(counts.map(({ id, count }) => [id, count]));
  return fitting(rows, ({ id }) => byId.get(id) ?? 0, MOST_SERVERS);
}

function filtered(
  manager: EntityManager,
  query: VirtualServicesQuery,
): SelectQueryBuilder<VirtualServiceRow> {
  const select = manager.createQueryBuilder(VirtualServiceRow, 'service');
  if (query.name !== undefined) select.andWhere('service.name = :name', { name: query.name });
  if (query.address !== undefined)
    select.andWhere('service.address = :address::inet', { address: query.address });
  if (query.protocol !== undefined)
    select.andWhere('service.protocol = :protocol', { protocol: query.protocol });
  if (query.port !== undefined) {
    select.andWhere(':port BETWEEN service.port AND coalesce(service.end_port, service.port)', {
      port: query.port,
    });
  }
  return select;
}

function nextRows(
  select: SelectQueryBuilder<VirtualServiceRow>,
  cursor: string | undefined,
  count: number,
): Promise<VirtualServiceRow[]> {
  if (cursor !== undefined) {
    const [createdAt, id] = decodeCursor(cursor, isCursor);
    select.andWhere('(service.created_at, service.id) > (:createdAt::timestamptz, :id::uuid)', {
      createdAt,
      id,
    });
  }
  return select.orderBy('service.createdAt').addOrderBy('service.id').limit(count).getMany();
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isCursor(value: unknown): value is Cursor {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [createdAt, id]: unknown[] = value;
  return typeof createdAt === 'string' && isIsoTime(createdAt) && typeof id === 'string' && UUID.test(id);
}

/** Years of four digits, as `encodeCursor` was given: PostgreSQL reads neither year 0 nor JavaScript's longer ones. */
const FOUR_DIGIT_YEAR = /^(?!0000)\d{4}-/;

function isIsoTime(text: string): boolean {
  if (!FOUR_DIGIT_YEAR.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}
