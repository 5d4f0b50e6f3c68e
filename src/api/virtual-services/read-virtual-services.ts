/** Reads virtual services for people and programs: one, or a page of them, each with its real servers and status. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { listPage } from '../finding/list-page.js';
import type { ListQuery } from '../finding/list-query.js';
import type { Page } from '../http/page.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { readStatus, type ServiceWithStatus } from '../status/read-status.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { VIRTUAL_SERVICES } from './virtual-service.listing.js';

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

  /** Those that there are, by their ids. */
  several(ids: readonly string[]): Promise<ReadonlyMap<string, ServiceWithStatus>> {
    return onOneConnection(this.dataSource, async (manager) =>
      byId(await readStatus(manager, await loadVirtualServices(manager, ids))),
    );
  }

  page(query: ListQuery): Promise<Page<ServiceWithStatus>> {
    return onOneConnection(this.dataSource, (manager) =>
      listPage(manager, VIRTUAL_SERVICES, query, async (places) => {
        const services = await loadVirtualServices(
          manager,
          places.map(({ id }) => id),
        );
        return byId(await readStatus(manager, services));
      }),
    );
  }
}

function byId(services: readonly ServiceWithStatus[]): ReadonlyMap<string, ServiceWithStatus> {
  return new Map(services.map((each) => [each.service.id, each]));
}
