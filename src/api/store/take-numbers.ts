/** Numbers that name services and servers in the kernels of all directors. A number is never given twice, nor given back. */
import type { EntityManager } from 'typeorm';

export interface TakenNumbers {
  readonly service: number;
  readonly servers: readonly number[];
}

/** For a new service with this many real servers. */
export async function takeNumbers(manager: EntityManager, serverCount: number): Promise<TakenNumbers> {
  const [[row], servers] = await Promise.all([
    manager.query<{ number: number }[]>("SELECT nextval('virtual_service_number_seq')::integer AS number"),
    takeServerNumbers(manager, serverCount),
  ]);
  return { service: row?.number ?? 0, servers };
}

export async function takeServerNumbers(manager: EntityManager, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows: { number: number }[] = await manager.query(
    "SELECT nextval('real_server_number_seq')::integer AS number FROM generate_series(1, $1)",
    [count],
  );
  return rows.map(({ number }) => number);
}
