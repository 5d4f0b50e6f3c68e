import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { placeholdersOf } from './placeholders.js';

/** The id of a new object; in a plan what stands for it. */
export function takeId(manager: EntityManager): string {
  return placeholdersOf(manager)?.id() ?? randomUUID();
}
