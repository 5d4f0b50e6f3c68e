/** Numbers that name services and servers in the kernels of all directors. A number is never given twice, nor given back. */
import type { EntityManager } from 'typeorm';

export function takeServiceNumber(manager: EntityManager): Promise<number> {
  return takeNumbers(manager, 'virtual_service_number_seq', 1).then(([number]) => number ?? 0);
}

export function takeServerNumbers(manager: EntityManager, count: number): Promise<number[]> {
  return takeNumbers(manager, 'real_server_number_seq', count);
}

async function takeNumbers(manager: EntityManager, sequence: string, count: number): Promise<number[]> {
  const rows: { number: number }[] = await manager.query(
    'SELECT nextval($1::regclass)::integer AS number FROM generate_series(1, $2)',
    [sequence, count],
  );
  return rows.map(({ number }) => number);
}
