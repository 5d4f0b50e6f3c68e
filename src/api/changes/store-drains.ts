/** Reads what drains a change finds, and stores those that it begins and ends: a few statements for all of its services. */
import type { EntityManager } from 'typeorm';
import { readDrains, type StoredDrain } from '../delivery/publish/read-drains.js';
import { drainsAfter, type DrainMove } from './judge-drains.js';

export interface JudgedDrains {
  readonly moves: readonly DrainMove[];
  /** By the ids of their services. */
  readonly begun: ReadonlyMap<string, readonly StoredDrain[]>;
  /** All that there are once the change is stored. */
  readonly after: ReadonlyMap<string, readonly StoredDrain[]>;
}

export async function judgeDrains(
  manager: EntityManager,
  serviceIds: readonly string[],
  moves: readonly DrainMove[],
): Promise<JudgedDrains> {
  const { drains, known } = await readDrains(
    manager,
    serviceIds,
    moves.flatMap(({ away }) => away),
  );
  const begun = new Map(
    moves.map((move) => [move.serviceId, begunBy(move, known.get(move.serviceId) ?? [])]),
  );
  const after = new Map(drains);
  for (const move of moves) {
    const { serviceId } = move;
    after.set(serviceId, drainsAfter(move, drains.get(serviceId) ?? [], begun.get(serviceId) ?? []));
  }
  return { moves, begun, after };
}

function begunBy({ away }: DrainMove, known: readonly StoredDrain[]): StoredDrain[] {
  return known.filter(({ number }) => away.includes(number));
}

/** Those that are over are cleared away later. */
export async function storeDrains(manager: EntityManager, { moves, begun }: JudgedDrains): Promise<void> {
  const ended = moves.filter(({ endsAll }) => endsAll).map(({ serviceId }) => serviceId);
  const back = moves.flatMap((move) => move.back);
  await Promise.all([
    ended.length > 0 &&
      manager.query(
        `UPDATE drain SET until = now() - interval '1 second' WHERE virtual_service_id = ANY ($1) AND until > now()`,
        [ended],
      ),
    back.length > 0 && manager.query('DELETE FROM drain WHERE server_number = ANY ($1)', [back]),
    startDrains(
      manager,
      moves.flatMap(({ serviceId, drainSeconds }) =>
        (begun.get(serviceId) ?? []).map((drain) => ({ ...drain, serviceId, drainSeconds })),
      ),
    ),
  ]);
}

interface BegunDrain extends StoredDrain {
  readonly serviceId: string;
  readonly drainSeconds: number;
}

async function startDrains(manager: EntityManager, begun: readonly BegunDrain[]): Promise<void> {
  if (begun.length === 0) return;
  await manager.query(
    `INSERT INTO drain (server_number, virtual_service_id, address, until)
     SELECT w.number, w.service_id, w.address, now() + make_interval(secs => w.seconds)
     FROM unnest($1::integer[], $2::uuid[], $3::inet[], $4::integer[]) AS w (number, service_id, address, seconds)
     ON CONFLICT (server_number) DO UPDATE SET until = excluded.until`,
    [
      begun.map(({ number }) => number),
      begun.map(({ serviceId }) => serviceId),
      begun.map(({ address }) => address),
      begun.map(({ drainSeconds }) => drainSeconds),
    ],
  );
}
