/** Which nodes have reported these Ethernet addresses as their own; a director, where several have. */
import type { EntityManager } from 'typeorm';
import type { CardOwner } from './probe.view.js';

const SQL = `
  SELECT DISTINCT ON (i->>'mac') i->>'mac' AS mac, n.role, n.name
  FROM node n JOIN node_status s ON s.node_id = n.id AND s.host IS NOT NULL,
    jsonb_array_elements(s.host->'interfaces') AS i
  WHERE i->>'mac' = ANY ($1::text[])
  ORDER BY i->>'mac', n.role DESC, n.name`;

export async function ownersOfCards(
  manager: EntityManager,
  macs: readonly string[],
): Promise<ReadonlyMap<string, CardOwner>> {
  if (macs.length === 0) return new Map();
  const rows: (CardOwner & { mac: string })[] = await manager.query(SQL, [macs]);
  return new Map(rows.map(({ mac, role, name }) => [mac, { role, name }]));
}
