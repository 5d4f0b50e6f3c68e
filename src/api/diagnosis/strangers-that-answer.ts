/**
 * Who answered directors that asked for a VIP, and is none of the directors: what their condition `VipsAnsweredElsewhere`
 * says, one by one. Only connected directors count, for nobody else can tell that it is over. For a server without an
 * agent it counts what was heard when they asked about this very one: to the question about another, this host is a
 * stranger itself.
 */
import type { EntityManager } from 'typeorm';
import type { KnownStranger } from '../../diagnosis/known.js';
import type { RealServer } from '../../domain/real-server.js';
import { isConnected } from '../nodes/is-connected.js';

interface Row extends KnownStranger {
  readonly lastSeenAt: Date;
}

const SQL = `
  WITH card AS (
    SELECT n.name, n.role, i->>'mac' AS mac FROM node n JOIN node_status s ON s.node_id = n.id AND s.host IS NOT NULL,
      jsonb_array_elements(s.host->'interfaces') AS i),
  heard AS (
    SELECT DISTINCT f.node_id, unnest(f.strangers) AS mac FROM silence_fact f
    JOIN real_server r ON r.number = f.server_number
    JOIN virtual_service v ON v.id = r.virtual_service_id
    WHERE v.address = $1 AND ($2::integer IS NULL OR r.number = $2)
    UNION
    SELECT s.node_id, t->>'mac' FROM node_status s, jsonb_array_elements(s.segment->'strangers') AS t
    WHERE s.segment IS NOT NULL AND $2::integer IS NULL AND t->>'vip' = host($1::inet))
  SELECT d.name AS director, s.last_seen_at AS "lastSeenAt", h.mac,
    (SELECT min(c.name) FROM card c WHERE c.mac = h.mac) AS node
  FROM heard h JOIN node d ON d.id = h.node_id JOIN node_status s ON s.node_id = d.id
  WHERE h.mac NOT IN (SELECT mac FROM card WHERE role = 'director')
  ORDER BY d.name, h.mac`;

export async function strangersThatAnswer(
  manager: EntityManager,
  vip: string,
  { managed, number }: RealServer,
): Promise<KnownStranger[]> {
  const rows: Row[] = await manager.query(SQL, [vip, managed ? null : number]);
  return rows
    .filter(({ lastSeenAt }) => isConnected(lastSeenAt))
    .map(({ director, mac, node }) => ({ director, mac, node }));
}
