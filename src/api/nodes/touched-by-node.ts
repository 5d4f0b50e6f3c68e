import type { EntityManager } from 'typeorm';
import type { Touched } from '../delivery/publish/publish-documents.js';

/** What a new node moves: the VIPs of the services that have a server at one of its addresses. */
export async function touchedByNode(manager: EntityManager, nodeId: string): Promise<Touched> {
  const vips: Touched['vips'] = await manager.query(
    `SELECT DISTINCT host(s.address) AS vip, host(a.address) AS host
     FROM node_address a JOIN real_server r ON r.address = a.address
     JOIN virtual_service s ON s.id = r.virtual_service_id WHERE a.node_id = $1`,
    [nodeId],
  );
  return { serviceIds: [], vips };
}
