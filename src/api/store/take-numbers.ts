/**
 * Numbers that name services and servers in the kernels of all directors. A number is never given twice, nor given back;
 * a plan has others in their place.
 */
import type { EntityManager } from 'typeorm';
import { placeholdersOf } from './placeholders.js';
import { askedTogether, sharedBy } from './shared-transaction.js';

/** In the order in which they were given, which is that of their size. */
export function takeServiceNumbers(manager: EntityManager, count: number): Promise<number[]> {
  return take(manager, SERVICE_NUMBERS, count);
}

export function takeServerNumbers(manager: EntityManager, count: number): Promise<number[]> {
  return take(manager, SERVER_NUMBERS, count);
}

const SERVICE_NUMBERS = numbersOf('virtual_service_number_seq');
const SERVER_NUMBERS = numbersOf('real_server_number_seq');

interface Numbers {
  readonly draw: (manager: EntityManager, count: number) => Promise<number[]>;
  readonly drawTogether: ReturnType<typeof askedTogether<number, number[]>>;
}

function numbersOf(sequence: string): Numbers {
  const draw = (manager: EntityManager, count: number) => drawFrom(manager, sequence, count);
  return { draw, drawTogether: askedTogether((manager, counts) => drawEach(manager, draw, counts)) };
}

async function drawEach(
  manager: EntityManager,
  draw: Numbers['draw'],
  counts: readonly number[],
): Promise<number[][]> {
  const next = inTurn(
    await draw(
      manager,
      counts.reduce((sum, count) => sum + count, 0),
    ),
  );
  return counts.map((count) => Array.from({ length: count }, next));
}

async function take(manager: EntityManager, numbers: Numbers, count: number): Promise<number[]> {
  if (count === 0) return [];
  const placeholders = placeholdersOf(manager);
  if (placeholders !== undefined) return placeholders.numbers(count);
  const shared = sharedBy(manager);
  return shared === undefined ? numbers.draw(manager, count) : numbers.drawTogether(shared, count);
}

async function drawFrom(manager: EntityManager, sequence: string, count: number): Promise<number[]> {
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
