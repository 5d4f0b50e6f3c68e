/** Reads virtual services with their real servers, as the domain knows them. Two statements for any number of them. */
import { In, type EntityManager } from 'typeorm';
import { knownAddress } from '../../domain/address.js';
import type { HealthCheck } from '../../domain/health-check.js';
import type { RealServer } from '../../domain/real-server.js';
import type { SourceIpPersistence, VirtualService } from '../../domain/virtual-service.js';
import { RealServerRow } from './rows/real-server.row.js';
import { VirtualServiceRow } from './rows/virtual-service.row.js';

/** In no particular order; ids that nothing has are left out. */
export async function loadVirtualServices(
  manager: EntityManager,
  ids: readonly string[],
): Promise<VirtualService[]> {
  if (ids.length === 0) return [];
  const rows = await manager.findBy(VirtualServiceRow, { id: In([...ids]) });
  return withRealServers(manager, rows);
}

/** The same for one service, which stays locked until the transaction ends; null when there is none. */
export async function lockVirtualService(manager: EntityManager, id: string): Promise<VirtualService | null> {
  const rows = await manager.find(VirtualServiceRow, {
    where: { id },
    lock: { mode: 'pessimistic_write' },
  });
  const [service] = await withRealServers(manager, rows);
  return service ?? null;
}

export async function withRealServers(
  manager: EntityManager,
  rows: readonly VirtualServiceRow[],
): Promise<VirtualService[]> {
  if (rows.length === 0) return [];
  const servers = await manager.find(RealServerRow, {
    where: { virtualServiceId: In(rows.map(({ id }) => id)) },
    order: { number: 'ASC' },
  });
  const byService = new Map<string, RealServerRow[]>(rows.map(({ id }) => [id, []]));
  for (const server of servers) byService.get(server.virtualServiceId)?.push(server);
  return rows.map((row) => toVirtualService(row, byService.get(row.id) ?? []));
}

function toVirtualService(row: VirtualServiceRow, servers: readonly RealServerRow[]): VirtualService {
  return {
    ...row,
    address: knownAddress(row.address),
    persistence: row.persistence as SourceIpPersistence | null,
    healthCheck: row.healthCheck as HealthCheck,
    realServers: servers.map(toRealServer),
  };
}

function toRealServer(row: RealServerRow): RealServer {
  const { id, number, port, weight, forwardingMethod, enabled } = row;
  return { id, number, address: knownAddress(row.address), port, weight, forwardingMethod, enabled };
}
