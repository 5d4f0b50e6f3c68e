/**
 * A transaction that several writes share. Each has a seat in it, which is a manager of its own on the one connection, and runs as
 * if it were alone. What they ask for at the same moment is asked in one statement, and what they change is stored as one
 * set, once each of them has said what that is, or has ended without. Who cannot go with the others is left out, and goes
 * alone after them.
 */
import DataLoader from 'dataloader';
import type { EntityManager } from 'typeorm';

/** Thrown by a write that cannot go with the others, before it has written anything. */
export class GoesAlone extends Error {}

export class SharedTransaction {
  private readonly claimed = new Set<string>();
  private readonly said = new Set<EntityManager>();
  private storeSet: (() => void) | undefined;

  /** @param silent how many have not said yet what they change. */
  constructor(
    readonly manager: EntityManager,
    private silent: number,
  ) {}

  /** Runs a write in a seat of its own. */
  async seat<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { dataSource, queryRunner } = this.manager;
    const seat = dataSource.createEntityManager(queryRunner);
    seats.set(seat, this);
    try {
      return await work(seat);
    } catch (error) {
      // What it has said is stored by now, or about to be: nobody of the set can go on without it.
      if (this.said.has(seat) && !(error instanceof GoesAlone)) throw new SetFailed(error);
      throw error;
    } finally {
      this.say(seat);
    }
  }

  /** Who says so first has it to himself among those that share the transaction. */
  claim(what: string): boolean {
    const isFirst = !this.claimed.has(what);
    this.claimed.add(what);
    return isFirst;
  }

  /** This write has said what it changes, or ends. */
  say(seat: EntityManager): void {
    if (this.said.has(seat)) return;
    this.said.add(seat);
    this.silent -= 1;
    if (this.silent === 0) this.storeSet?.();
  }

  /** @param storeSet is called when all have said what they change. */
  whenAllHaveSaid(storeSet: () => void): void {
    this.storeSet = storeSet;
    // Of whoever changes something once more: his place in this set is taken when he has returned from here.
    if (this.silent === 0) process.nextTick(storeSet);
  }
}

/** One write of a set failed in a way that takes back what the others have stored. */
export class SetFailed extends Error {
  constructor(cause: unknown) {
    super('a write failed after the set that it is part of was stored', { cause });
  }
}

const seats = new WeakMap<EntityManager, SharedTransaction>();

/** The transaction that this write shares with others; undefined where it has one to itself. */
export function sharedBy(manager: EntityManager): SharedTransaction | undefined {
  return seats.get(manager);
}

type ReadSeveral<K, V> = (manager: EntityManager, keys: readonly K[]) => Promise<readonly (V | Error)[]>;

/** Of what writes that share a transaction ask for at one moment, one statement for all of them. */
export function askedTogether<K, V>(
  read: ReadSeveral<K, V>,
): (shared: SharedTransaction, key: K) => Promise<V> {
  return loaderBy((shared) => new DataLoader((keys) => read(shared.manager, keys), { cache: false }));
}

/** Of what they change one set, when all have said what that is. */
export function storedTogether<K, V>(
  store: ReadSeveral<K, V>,
): (shared: SharedTransaction, key: K) => Promise<V> {
  return loaderBy(
    (shared) =>
      new DataLoader((keys) => store(shared.manager, keys), {
        cache: false,
        batchScheduleFn: (storeSet) => shared.whenAllHaveSaid(storeSet),
      }),
  );
}

function loaderBy<K, V>(make: (shared: SharedTransaction) => DataLoader<K, V>) {
  const loaders = new WeakMap<SharedTransaction, DataLoader<K, V>>();
  return (shared: SharedTransaction, key: K): Promise<V> => {
    const loader = loaders.get(shared) ?? make(shared);
    loaders.set(shared, loader);
    return loader.load(key);
  };
}
