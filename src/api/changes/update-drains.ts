/**
 * Starts a drain for each server that was taken away while directors send packets to it, and ends that of a server
 * that came back. Only servers in the directors' document can have flows to lose.
 */
import type { EntityManager } from 'typeorm';
import type { VirtualService } from '../../domain/virtual-service.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';

export async function updateDrains(
  manager: EntityManager,
  before: VirtualService,
  after: VirtualService,
): Promise<void> {
  const wanted = enabledNumbers(after);
  const away = enabledNumbers(before).filter((number) => !wanted.includes(number));
  const back = wanted.filter((number) => !enabledNumbers(before).includes(number));
  if (back.length > 0) await manager.query('DELETE FROM drain WHERE server_number = ANY ($1)', [back]);
  if (away.length === 0 || after.drainSeconds === 0) return;
  await manager.query(
    `INSERT INTO drain (server_number, virtual_service_id, address, until)
     SELECT e.number, $1, e.address, now() + make_interval(secs => $2)
     FROM document d, jsonb_to_recordset(d.body->'servers') AS e (number integer, address inet)
     WHERE d.scope = '${DIRECTORS_SCOPE}' AND d.key = $3 AND e.number = ANY ($4)
     ON CONFLICT (server_number) DO UPDATE SET until = excluded.until`,
    [after.id, after.drainSeconds, after.id, away],
  );
}

function enabledNumbers(service: VirtualService): number[] {
  if (!service.enabled) return [];
  return service.realServers.filter(({ enabled }) => enabled).map(({ number }) => number);
}
