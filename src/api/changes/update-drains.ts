/**
 * Starts a drain for each server that was taken away while directors send packets to it, and ends that of a managed
 * server that came back. A server whose attestation was withdrawn is taken away, and so is one that others shall prove
 * from now on; what it needs to come back it may lack yet, so that its drain goes on beside it. Only servers in the directors' document can have flows to lose, and only while the service goes on
 * at the same VIP and ports: the host of a server that is gone lets go of the VIP, and must not be named again.
 */
import type { EntityManager } from 'typeorm';
import type { RealServer } from '../../domain/real-server.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';

export async function updateDrains(
  manager: EntityManager,
  before: VirtualService,
  after: VirtualService,
): Promise<void> {
  if (!after.enabled || !answersAsBefore(before, after)) {
    // Nothing is forwarded any more of what the old flows were sent to. A drain that is over is cleared away later.
    await manager.query(
      `UPDATE drain SET until = now() - interval '1 second' WHERE virtual_service_id = $1 AND until > now()`,
      [after.id],
    );
    return;
  }
  const away = takenAway(before, after);
  const back = managedNumbers(after).filter((number) => !enabledNumbers(before).includes(number));
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

function takenAway(before: VirtualService, after: VirtualService): number[] {
  if (!before.enabled) return [];
  const now = new Map(after.realServers.map((server) => [server.number, server]));
  return before.realServers.filter(isTrusted).flatMap(({ number, managed }) => {
    const server = now.get(number);
    return server !== undefined && isTrusted(server) && server.managed === managed ? [] : [number];
  });
}

function isTrusted({ enabled, managed, attestation }: RealServer): boolean {
  return enabled && (managed || attestation !== null);
}

function managedNumbers({ realServers }: VirtualService): number[] {
  return realServers.filter(({ enabled, managed }) => enabled && managed).map(({ number }) => number);
}

function enabledNumbers(service: VirtualService): number[] {
  if (!service.enabled) return [];
  return service.realServers.filter(({ enabled }) => enabled).map(({ number }) => number);
}
