/** Reads the real servers of one virtual service with their status. A service has so few that a page is cut from all. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import type { ListQuery } from '../finding/list-query.js';
import { memoryPage } from '../finding/memory-page.js';
import { sparse } from '../finding/sparse.js';
import { readStatus, type ServiceWithStatus } from '../status/read-status.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { onOneConnection } from '../store/on-one-connection.js';
import type { RealServerPageView } from './real-server-page.view.js';
import { RealServerSetView } from './real-server-set.view.js';
import { REAL_SERVERS } from './real-server.listing.js';
import { RealServerView } from './real-server.view.js';
import { requireServer } from './write-real-servers.js';

@Injectable()
export class ReadRealServers {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async one(serviceId: string, id: string): Promise<RealServerView> {
    const { service, servers } = await this.service(serviceId);
    const { number } = requireServer(service, id);
    const found = servers.find(({ server }) => server.number === number);
    if (found === undefined) throw new Error('a server of the service has no status');
    return RealServerView.of(service, found.server, found.status);
  }

  async all(serviceId: string): Promise<RealServerSetView> {
    return RealServerSetView.of(await this.service(serviceId));
  }

  async page(serviceId: string, query: ListQuery): Promise<RealServerPageView> {
    const { service, servers } = await this.service(serviceId);
    const numbered = servers.map(({ server, status }) => ({
      ...RealServerView.of(service, server, status),
      number: server.number,
    }));
    const page = memoryPage(REAL_SERVERS, query, numbered);
    const views = page.items.map(({ number: _number, ...view }) => view);
    return { ...page, items: sparse(views, query.fields) };
  }

  private async service(id: string): Promise<ServiceWithStatus> {
    const [service] = await onOneConnection(this.dataSource, async (manager) =>
      readStatus(manager, await loadVirtualServices(manager, [id])),
    );
    if (service === undefined) throw virtualServiceNotFound(id);
    return service;
  }
}
