/**
 * Starts a drain for each server that was taken away while directors send packets to it, and ends that of a server
 * that came back. Only servers in the directors' document can have flows to lose, and only while the service goes on
 * at the same VIP and ports: the host of a server that is gone lets go of the VIP, and must not be named again.
 */
import type { EntityManager } from 'typeorm';
import type { VirtualService } from '../../domain/virtual-service.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';

export async function updateDrains(
  manager: EntityManager,
  before: VirtualService,
  after: VirtualService,
): Promise<void> {
  if (!after.enabled || !answersAsBefore(before, after)) {
    // Nothing is forwarded any more of what the old flows were sent to.
    await manager.query('DELETE FROM drain WHERE virtual_service_id = $1', [after.id]);
    return;
  }
  const wanted = enabledNumbers(after);
  const away = enabledNumbers(before).filter((number) => !wanted.includes(number));
  const back = wanted.filter((number) => !enabledNumbers(before).includes(number));
  await Promise.all([
    back.length > 0 && manager.query('DELETE FROM drain WHERE server_number = ANY ($1)', [back]),
    away.length > 0 && after.drainSeconds > 0 && startDrains(manager, after, away),
  ]);
}

async function startDrains(
  manager: EntityManager,
  { id, drainSeconds }: VirtualService,
  serverNumbers: readonly number[],
): Promise<void> {
  await manager.query(
    `INSERT INTO drain (server_number, virtual_service_id, address, until)
     SELECT e.number, $1, e.address, now() + make_interval(secs => $2)
     FROM document d, jsonb_to_recordset(d.body->'servers') AS e (number integer, address inet)
     WHERE d.scope = '${DIRECTORS_SCOPE}' AND d.key = $3 AND e.number = ANY ($4)
     ON CONFLICT (server_number) DO UPDATE SET until = excluded.until`,
    [id, drainSeconds, id, serverNumbers],
  );
}

function answersAsBefore(before: VirtualService, after: VirtualService): boolean {
  return (['address', 'protocol', 'port', 'endPort'] as const).every(
    (field) => before[field] === after[field],
  );
}

function enabledNumbers(service: VirtualService): number[] {
  if (!service.enabled) return [];
  return service.realServers.filter(({ enabled }) => enabled).map(({ number }) => number);
}
