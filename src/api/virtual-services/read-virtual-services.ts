/** Reads virtual services for people and programs: one, or a page of them, each with its real servers and status. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { DEFAULT_PAGE_LIMIT, decodeCursor, encodeCursor, fitting, type Page } from '../http/page.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { readStatus, type ServiceWithStatus } from '../status/read-status.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { onOneConnection } from '../store/on-one-connection.js';
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
    const [service] = await onOneConnection(this.dataSource, async (manager) =>
      readStatus(manager, await loadVirtualServices(manager, [id])),
    );
    if (service === undefined) throw virtualServiceNotFound(id);
    return service;
  }

  /** One that was just stored, and need not be read again. */
  async of(stored: VirtualService): Promise<ServiceWithStatus> {
    const [service] = await onOneConnection(this.dataSource, (manager) => readStatus(manager, [stored]));
    if (service === undefined) throw virtualServiceNotFound(stored.id);
    return service;
  }

  page(query: VirtualServicesQuery): Promise<Page<ServiceWithStatus>> {
    return onOneConnection(this.dataSource, async (manager) => {
      const limit = query.limit ?? DEFAULT_PAGE_LIMIT;
      const places = await nextPlaces(filtered(manager, query), query.cursor, limit + 1);
      const shown = fitting(places.slice(0, limit), ({ serverCount }) => serverCount, MOST_SERVERS);
      const last = places.length > shown.length ? shown.at(-1) : undefined;
      const services = await loadInOrder(manager, shown);
      return {
        items: await readStatus(manager, services),
        nextCursor: last === undefined ? null : encodeCursor([last.createdAt.toISOString(), last.id]),
        ...(query.total === true && { total: await filtered(manager, query).getCount() }),
      };
    });
  }
}

/** Where a service stands in the order of the list, and how much of a page it takes. */
interface Place {
  readonly id: string;
  readonly createdAt: Date;
  readonly serverCount: number;
}

async function loadInOrder(manager: EntityManager, places: readonly Place[]): Promise<VirtualService[]> {
  const ids = places.map(({ id }) => id);
  const byId = new Map((await loadVirtualServices(manager, ids)).map((service) => [service.id, service]));
  return ids.flatMap((id) => byId.get(id) ?? []);
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

function nextPlaces(
  select: SelectQueryBuilder<VirtualServiceRow>,
  cursor: string | undefined,
  count: number,
): Promise<Place[]> {
  if (cursor !== undefined) {
    const [createdAt, id] = decodeCursor(cursor, isCursor);
    select.andWhere('(service.created_at, service.id) > (:createdAt::timestamptz, :id::uuid)', {
      createdAt,
      id,
    });
  }
  return select
    .select('service.id', 'id')
    .addSelect('service.created_at', 'createdAt')
    .addSelect(
      '(SELECT count(*)::integer FROM real_server r WHERE r.virtual_service_id = service.id)',
      'serverCount',
    )
    .orderBy('service.created_at')
    .addOrderBy('service.id')
    .limit(count)
    .getRawMany<Place>();
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
