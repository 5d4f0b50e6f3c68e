/**
 * Numbers that name services and servers in the kernels of all directors. A number is never given twice, nor given back;
 * a plan has others in their place.
 */
import type { EntityManager } from 'typeorm';
import { placeholdersOf } from './placeholders.js';

/** In the order in which they were given, which is that of their size. */
export function takeServiceNumbers(manager: EntityManager, count: number): Promise<number[]> {
  return take(manager, 'virtual_service_number_seq', count);
}

export function takeServerNumbers(manager: EntityManager, count: number): Promise<number[]> {
  return take(manager, 'real_server_number_seq', count);
}

async function take(manager: EntityManager, sequence: string, count: number): Promise<number[]> {
  if (count === 0) return [];
  const placeholders = placeholdersOf(manager);
  if (placeholders !== undefined) return placeholders.numbers(count);
  const rows: { number: number }[] = await manager.query(
    `SELECT nextval('${sequence}')::integer AS number FROM generate_series(1, $1)`,
    [count],
  );
  return rows.map(({ number }) => number);
}

/** Hands out numbers that were taken, one after the other: of a long list, to shift each off costs as much as all of it. */
export function inTurn(numbers: readonly number[]): () => number {
  const left = numbers.values();
  return () => {
    const { value } = left.next();
    if (value === undefined) throw new Error('fewer numbers were taken than are used');
    return value;
  };
}
