/**
 * Works through many things in the order in which they stand, and lets everybody else have a turn in between: what a
 * process does in one go, all of its other callers wait for.
 */
import { setImmediate } from 'node:timers/promises';

/** @param atOnce so many in one turn; up to so many are done before anybody else has one. */
export async function mapInTurns<T, R>(
  all: readonly T[],
  atOnce: number,
  map: (each: T, index: number) => R,
): Promise<R[]> {
  const mapped: R[] = [];
  for (const [index, each] of all.entries()) {
    if (index > 0 && index % atOnce === 0) await setImmediate();
    mapped.push(map(each, index));
  }
  return mapped;
}
