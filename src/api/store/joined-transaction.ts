/**
 * The transaction that all of a request is to be part of, where it is: what is begun inside of it joins it, so that
 * whoever reads sees what was just written, and nothing is committed before all of it is.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';

interface Joined {
  readonly manager: EntityManager;
  isOpen: boolean;
}

const storage = new AsyncLocalStorage<Joined>();

/** Undefined where there is none, or where the work outlived it. */
export function joinedTransaction(): EntityManager | undefined {
  const joined = storage.getStore();
  return joined?.isOpen === true ? joined.manager : undefined;
}

/** Everything that `work` does in the database, it does in the transaction of this manager. */
export async function joinTransaction<T>(manager: EntityManager, work: () => Promise<T>): Promise<T> {
  const joined = { manager, isOpen: true };
  try {
    return await storage.run(joined, work);
  } finally {
    joined.isOpen = false;
  }
}
