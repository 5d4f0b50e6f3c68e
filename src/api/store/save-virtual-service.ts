/** Writes the difference between two states of one virtual service and its real servers, and nothing else. */
import { In, type EntityManager } from 'typeorm';
import type { RealServer } from '../../domain/real-server.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { RealServerRow } from './rows/real-server.row.js';
import { VirtualServiceRow } from './rows/virtual-service.row.js';

export async function saveVirtualService(
  manager: EntityManager,
  before: VirtualService | null,
  after: VirtualService | null,
): Promise<void> {
  if (after === null) {
    // Its real servers and drains go with it: the foreign keys cascade.
    if (before !== null) await manager.delete(VirtualServiceRow, { id: before.id });
    return;
  }
  const row = serviceRow(after);
  if (before === null) await manager.insert(VirtualServiceRow, row);
  else await manager.update(VirtualServiceRow, { id: after.id }, row);
  await saveRealServers(manager, before?.realServers ?? [], after);
}

async function saveRealServers(
  manager: EntityManager,
  before: readonly RealServer[],
  service: VirtualService,
): Promise<void> {
  const kept = new Map(before.map((server) => [server.id, server]));
  const gone = before.filter(({ id }) => !service.realServers.some((server) => server.id === id));
  if (gone.length > 0) await manager.delete(RealServerRow, { id: In(gone.map(({ id }) => id)) });

  const added = service.realServers.filter(({ id }) => !kept.has(id));
  if (added.length > 0) {
    await manager.insert(
      RealServerRow,
      added.map((server) => ({ ...server, virtualServiceId: service.id })),
    );
  }
  for (const server of service.realServers) {
    const old = kept.get(server.id);
    // The domain never mutates: a server that nobody touched is the same object.
    if (old !== undefined && old !== server) await manager.update(RealServerRow, { id: server.id }, server);
  }
}

function serviceRow(service: VirtualService): VirtualServiceRow {
  const { realServers: _servedElsewhere, ...row } = service;
  return row;
}
