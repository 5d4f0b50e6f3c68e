/** What connected directors say of where a real server is on their segments, where that is not as it should be. */
import type { EntityManager } from 'typeorm';
import type { KnownNeighbour } from '../../diagnosis/known.js';
import { isConnected } from '../nodes/is-connected.js';

interface Row extends KnownNeighbour {
  readonly lastSeenAt: Date;
}

const SQL = `
  SELECT d.name AS director, s.last_seen_at AS "lastSeenAt", t.mac, t.reason, t.message
  FROM node d JOIN node_status s ON s.node_id = d.id,
    jsonb_to_recordset(s.segment->'neighbours') AS t (address text, mac text, reason text, message text)
  WHERE s.segment IS NOT NULL AND t.address = $1
  ORDER BY d.name`;

export async function neighboursOfDirectors(
  manager: EntityManager,
  address: string,
): Promise<KnownNeighbour[]> {
  const rows: Row[] = await manager.query(SQL, [address]);
  return rows
    .filter(({ lastSeenAt }) => isConnected(lastSeenAt))
    .map(({ director, mac, reason, message }) => ({ director, mac, reason, message }));
}
