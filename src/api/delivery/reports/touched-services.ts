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

export interface VipsOfNode {
  readonly nodeId: string;
  readonly vips: readonly string[];
}

/** Services that have a server on the host of one of these nodes and one of the VIPs named with it. */
export async function servicesTouchedByVips(
  manager: EntityManager,
  moved: readonly VipsOfNode[],
): Promise<string[]> {
  const pairs = moved.flatMap(({ nodeId, vips }) => vips.map((vip) => ({ nodeId, vip })));
  if (pairs.length === 0) return [];
  const rows: { id: string }[] = await manager.query(
    `SELECT DISTINCT s.id FROM unnest($1::uuid[], $2::inet[]) AS w (node_id, vip)
     JOIN node_address a ON a.node_id = w.node_id
     JOIN real_server r ON r.address = a.address
     JOIN virtual_service s ON s.id = r.virtual_service_id AND s.address = w.vip`,
    [pairs.map(({ nodeId }) => nodeId), pairs.map(({ vip }) => vip)],
  );
  return rows.map(({ id }) => id);
}
