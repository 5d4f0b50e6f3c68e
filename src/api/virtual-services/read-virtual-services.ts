/** Reads virtual services for people and programs: one, or a page of them, each with its real servers and status. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { listPage } from '../finding/list-page.js';
import { asksDerived } from '../finding/is-derived.js';
import type { Clause } from '../finding/listed-field.js';
import type { ListQuery } from '../finding/list-query.js';
import { showsAny } from '../finding/sparse.js';
import type { Page } from '../http/page.js';
import { WrittenPage } from '../http/written-page.js';
import type { Status } from '../../domain/status.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { readStatus, type ServiceWithStatus } from '../status/read-status.js';
import { joinedTransaction } from '../store/joined-transaction.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { readAlike } from '../store/read-alike.js';
import { readSnapshot } from '../store/read-snapshot.js';
import { readTogether } from '../store/read-together.js';
import { VIRTUAL_SERVICES } from './virtual-service.listing.js';
import { WrittenServices } from './written-services.js';

@Injectable()
export class ReadVirtualServices {
  private readonly texts = new WrittenServices();
  private readonly together = readTogether(MOST_AT_ONCE, (ids: readonly string[]) => this.several(ids));
  private readonly writtenPage = readAlike(nameOf, (query: ListQuery) => this.readWritten(query));
  /** Of services that are the same for all who asked. */
  readonly page = readAlike(nameOf, (query: ListQuery) => this.readPage(query));

  private readonly storedTogether = readTogether(MOST_AT_ONCE, (stored: readonly VirtualService[]) =>
    this.withStatus(stored),
  );

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async one(id: string): Promise<ServiceWithStatus> {
    const service = await (joinedTransaction() === undefined ? this.together(id) : this.alone(id));
    if (service === null) throw virtualServiceNotFound(id);
    return service;
  }

  /** One that was just stored, and need not be read again. */
  async of(stored: VirtualService): Promise<ServiceWithStatus> {
    const service =
      joinedTransaction() === undefined
        ? await this.storedTogether(stored)
        : (await this.withStatus([stored])).get(stored);
    if (service === undefined || service === null) throw virtualServiceNotFound(stored.id);
    return service;
  }

  private withStatus(
    stored: readonly VirtualService[],
  ): Promise<ReadonlyMap<VirtualService, ServiceWithStatus>> {
    return onOneConnection(this.dataSource, async (manager) => {
      const services = await readStatus(manager, stored);
      return new Map(services.map((each) => [each.service, each]));
    });
  }

  /** Those that there are, by their ids. */
  several(ids: readonly string[]): Promise<ReadonlyMap<string, ServiceWithStatus>> {
    return onOneConnection(this.dataSource, async (manager) =>
      byId(await readStatus(manager, await loadVirtualServices(manager, ids))),
    );
  }

  /** Within a transaction, which alone sees what it has written. */
  private async alone(id: string): Promise<ServiceWithStatus | null> {
    return (await this.several([id])).get(id) ?? null;
  }

  /** Whole services, as the texts that they are in an answer; null where the query asks for something else. */
  async written(query: ListQuery): Promise<WrittenPage | null> {
    if (query.fields !== null || query.conditions.some(isOnStatus)) return null;
    return this.writtenPage(query);
  }

  private async readWritten(query: ListQuery): Promise<WrittenPage> {
    const page = await readSnapshot(this.dataSource, (manager) =>
      listPage(manager, VIRTUAL_SERVICES, query, (places) =>
        this.texts.read(
          manager,
          places.map(({ id }) => id),
        ),
      ),
    );
    return new WrittenPage(page);
  }

  private readPage(query: ListQuery): Promise<Page<ServiceWithStatus>> {
    const asksStatus = showsStatus(query.fields) || query.conditions.some(isOnStatus);
    return onOneConnection(this.dataSource, (manager) =>
      listPage(manager, VIRTUAL_SERVICES, query, async (places) => {
        const services = await loadVirtualServices(
          manager,
          places.map(({ id }) => id),
        );
        return byId(asksStatus ? await readStatus(manager, services) : services.map(withoutStatus));
      }),
    );
  }
}

/** Services that are asked for one by one at the same time. */
const MOST_AT_ONCE = 20;

/** A query is made of plain values, in one order of its members. */
function nameOf(query: ListQuery): string {
  return JSON.stringify(query);
}

/** Whether nodes' reports have to be read for an answer with these fields: most of what a service costs. */
function showsStatus(fields: readonly string[] | null): boolean {
  const whole = fields === null || fields.includes('realServers');
  return whole || showsAny(fields, ['status', 'realServers.status']);
}

function isOnStatus(clause: Clause): boolean {
  return asksDerived(VIRTUAL_SERVICES.listing, clause);
}

/** For an answer that leaves the status out. */
function withoutStatus(service: VirtualService): ServiceWithStatus {
  const servers = service.realServers.map((server) => ({ server, status: NOT_READ }));
  return { service, status: NOT_READ, servers };
}

const NOT_READ: Status = {
  provisioning: 'pending',
  operating: 'offline',
  observedRevision: null,
  conditions: [],
};

function byId(services: readonly ServiceWithStatus[]): ReadonlyMap<string, ServiceWithStatus> {
  return new Map(services.map((each) => [each.service.id, each]));
}
