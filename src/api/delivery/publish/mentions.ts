/**
 * Remembers which hosts a director may still send packets to. A host is mentioned from the version that first names
 * it until every director that was ever connected has confirmed a version that does not, and has no older body of
 * that service in force instead.
 */
import type { EntityManager } from 'typeorm';
import type { VipOnHost } from '../../store/observe-real-servers.js';
import type { Compiled, Judged } from './write-documents.js';

export async function recordMentions(
  manager: EntityManager,
  version: number,
  moved: Judged['moved'],
): Promise<void> {
  if (moved.length === 0) return;
  const named = namedBy(moved);
  const columns = [
    named.map(({ serviceId }) => serviceId),
    named.map(({ vip }) => vip),
    named.map(({ host }) => host),
  ];
  await Promise.all([
    manager.query(DROP, [...columns, moved.map(({ key }) => key), version]),
    named.length > 0 && manager.query(MENTION, columns),
  ]);
}

interface Named extends VipOnHost {
  readonly serviceId: string;
}

/** The hosts that documents of services name. */
export function namedBy(documents: readonly Compiled[]): Named[] {
  return documents.flatMap(({ key, body }) =>
    body?.kind === 'service'
      ? body.servers.map(({ address }) => ({ serviceId: key, vip: body.address, host: address }))
      : [],
  );
}

/** NOT IN, which is looked up in a hash: as a join, thousands of rows would be gone through for each of thousands. */
const DROP = `
  UPDATE mention m SET dropped_at = $5
  WHERE m.virtual_service_id = ANY ($4::uuid[]) AND m.dropped_at IS NULL
    AND (m.virtual_service_id, m.vip, m.host) NOT IN (SELECT * FROM unnest($1::uuid[], $2::inet[], $3::inet[]))`;

const MENTION = `
  INSERT INTO mention (virtual_service_id, vip, host)
  SELECT DISTINCT w.service_id, w.vip, w.host
  FROM unnest($1::uuid[], $2::inet[], $3::inet[]) AS w (service_id, vip, host)
  ON CONFLICT (virtual_service_id, vip, host) DO UPDATE SET dropped_at = NULL
  WHERE mention.dropped_at IS NOT NULL`;

/** The largest bigint of PostgreSQL: above every version. */
const NO_DIRECTOR = '9223372036854775807';

/**
 * Forgets the mentions that no director can act on any more. The version that all directors have reached is computed
 * once: it is below every version where one of them has confirmed nothing in this epoch, and above where there is none.
 * @returns the VIPs that may now leave these hosts.
 */
export async function releaseMentions(manager: EntityManager, epoch: number): Promise<VipOnHost[]> {
  const [rows]: [VipOnHost[], number] = await manager.query(
    `DELETE FROM mention m WHERE m.dropped_at > -1 AND m.dropped_at <= (
         SELECT coalesce(min(CASE WHEN s.epoch = $1 THEN coalesce(s.version, -1) ELSE -1 END), ${NO_DIRECTOR})
         FROM node n JOIN node_status s ON s.node_id = n.id WHERE n.role = 'director')
       AND NOT EXISTS (
         SELECT 1 FROM fault f JOIN node n ON n.id = f.node_id AND n.role = 'director'
         WHERE f.key = m.virtual_service_id::text AND f.version_in_force < m.dropped_at)
     RETURNING host(m.vip) AS vip, host(m.host) AS host`,
    [epoch],
  );
  return rows;
}

/**
 * SQL that is true of a mention `m` that a change would drop which is not stored, and that would go at once: there is no
 * director that was ever connected. One that there is has to confirm first.
 * @param moved parameter with the ids of the services whose documents move; `named`: with what `namedBy` says of them.
 */
export function unstoredRelease(moved: string, named: string): string {
  return `m.virtual_service_id IN (SELECT unnest(${moved}::uuid[]))
      AND NOT EXISTS (SELECT 1 FROM node n JOIN node_status s ON s.node_id = n.id WHERE n.role = 'director')
      AND (m.virtual_service_id, m.vip, m.host) NOT IN (
        SELECT x."serviceId", x.vip, x.host FROM jsonb_to_recordset(${named}::jsonb) AS x ("serviceId" uuid, vip inet, host inet))`;
}

/** Whether anything waits for directors to confirm; a cheap look that spares taking the commit order. */
export async function hasDroppedMentions(manager: EntityManager): Promise<boolean> {
  const rows: unknown[] = await manager.query('SELECT 1 FROM mention WHERE dropped_at IS NOT NULL LIMIT 1');
  return rows.length > 0;
}
