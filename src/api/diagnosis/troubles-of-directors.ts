/**
 * What directors say of themselves that keeps packets of any service from its way. Only of those that are connected:
 * that one is away is another thing, and what it said is old.
 */
import type { EntityManager } from 'typeorm';
import type { KnownTrouble } from '../../diagnosis/known.js';
import { isConnected } from '../nodes/is-connected.js';

interface Row extends KnownTrouble {
  readonly director: string;
  readonly lastSeenAt: Date;
}

const TYPES = ['DocumentsAccepted', 'DocumentsApplied', 'VipsHeld', 'VipsAnnounced', 'RulesInForce'];

const SQL = `
  SELECT n.name AS director, s.last_seen_at AS "lastSeenAt", c.reason, c.message
  FROM node n JOIN node_status s ON s.node_id = n.id,
    jsonb_to_recordset(s.conditions) AS c (type text, status text, reason text, message text)
  WHERE n.role = 'director' AND c.status = 'False' AND c.type = ANY ($1)
  ORDER BY n.name, c.type`;

/** By the directors' names. */
export async function troublesOfDirectors(
  manager: EntityManager,
): Promise<ReadonlyMap<string, readonly KnownTrouble[]>> {
  const rows: Row[] = await manager.query(SQL, [TYPES]);
  const troubles = new Map<string, KnownTrouble[]>();
  for (const { director, lastSeenAt, reason, message } of rows) {
    if (!isConnected(lastSeenAt)) continue;
    troubles.set(director, [...(troubles.get(director) ?? []), { reason, message }]);
  }
  return troubles;
}
