/** What the directors found out by asking servers on the VIP: one statement for any number of them, and none where nothing is checked. */
import type { EntityManager } from 'typeorm';
import type { HealthFinding } from '../../domain/status.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { isConnected } from '../nodes/is-connected.js';

type Row = Omit<HealthFinding, 'connected'> & { readonly number: number };

const SQL = `
  SELECT f.server_number AS number, n.name AS director, s.last_seen_at AS "lastSeenAt", f.healthy, f.reason, f.message, f.since
  FROM health_fact f JOIN node n ON n.id = f.node_id LEFT JOIN node_status s ON s.node_id = n.id
  WHERE f.server_number = ANY ($1) ORDER BY f.server_number, n.name`;

/** By the servers' numbers. */
export async function observeHealth(
  manager: EntityManager,
  services: readonly VirtualService[],
  now = Date.now(),
): Promise<ReadonlyMap<number, readonly HealthFinding[]>> {
  const byNumber = new Map<number, HealthFinding[]>();
  const numbers = services.flatMap(({ healthCheck, realServers }) =>
    healthCheck.type === 'none' ? [] : realServers.map((server) => server.number),
  );
  if (numbers.length === 0) return byNumber;
  for (const { number, ...found } of await manager.query<Row[]>(SQL, [numbers])) {
    const finding = { ...found, connected: isConnected(found.lastSeenAt, now) };
    const known = byNumber.get(number);
    if (known === undefined) byNumber.set(number, [finding]);
    else known.push(finding);
  }
  return byNumber;
}
