/**
 * What stands in a plan for ids and numbers that are drawn when the change is made: the same for the same request, so that
 * equal plans are equal texts, and drawn from nothing, so that a plan uses up nothing. Real numbers never come so far.
 */
import type { EntityManager } from 'typeorm';

const FIRST_NUMBER = 2_000_000_001;
const ID_PREFIX = '00000000-0000-8000-8000-';
const ID_DIGITS = 12;

export class Placeholders {
  private idsGiven = 0;
  private numbersGiven = 0;

  id(): string {
    this.idsGiven += 1;
    return ID_PREFIX + this.idsGiven.toString(16).padStart(ID_DIGITS, '0');
  }

  /** In the order of their size, as drawn ones. */
  numbers(count: number): number[] {
    const first = FIRST_NUMBER + this.numbersGiven;
    this.numbersGiven += count;
    return Array.from({ length: count }, (_, index) => first + index);
  }
}

const givers = new WeakMap<EntityManager, Placeholders>();

/** In the transaction of this manager nothing is drawn. */
export function drawNothing(manager: EntityManager): void {
  givers.set(manager, new Placeholders());
}

/** Undefined where the change is to be made. */
export function placeholdersOf(manager: EntityManager): Placeholders | undefined {
  return givers.get(manager);
}
