/** Which services an agent's report may move. */
import type { EntityManager } from 'typeorm';
import type { Position } from '../../../contract/stream.js';

/**
 * VIPs whose document the node has newly confirmed. What it proved of them counts from now on, even where the facts
 * themselves are the same as before.
 */
export async function vipsConfirmedSince(
  manager: EntityManager,
  nodeId: string,
  versionBefore: number | null,
  position: Position | null,
): Promise<string[]> {
  if (position === null || position.version <= (versionBefore ?? -1)) return [];
  const rows: { key: string }[] = await manager.query(
    'SELECT key FROM document WHERE scope = $1 AND version > $2 AND present_since > $2 AND present_since <= $3',
    [nodeId, versionBefore ?? -1, position.version],
  );
  return rows.map(({ key }) => key);
}

/** Services that have a server on this node's host and one of these VIPs. */
export async function servicesTouchedByVips(
  manager: EntityManager,
  nodeId: string,
  vips: readonly string[],
): Promise<string[]> {
  const rows: { id: string }[] = await manager.query(
    `SELECT DISTINCT s.id FROM node_address a
     JOIN real_server r ON r.address = a.address
     JOIN virtual_service s ON s.id = r.virtual_service_id
     WHERE a.node_id = $1 AND s.address = ANY ($2::inet[])`,
    [nodeId, vips],
  );
  return rows.map(({ id }) => id);
}
