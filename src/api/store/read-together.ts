/**
 * Reads by key, and what is asked for while a read is under way together with the next one: a busy API asks its database
 * for many things at once instead of for each by itself. Every read begins after all that it answers was asked for, so that no answer is older
 * than its question; and nothing is kept.
 */
import DataLoader from 'dataloader';

export type ReadOne<K, V> = (key: K) => Promise<V | null>;

/** @param read what there is, by these keys, each of which may come several times. */
export function readTogether<K, V>(
  mostAtOnce: number,
  read: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>,
): ReadOne<K, V> {
  /** Settles with the read that began last. */
  let underWay: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<K, V | null>(
    async (keys) => {
      const reading = read(keys);
      underWay = reading;
      const found = await reading;
      return keys.map((key) => found.get(key) ?? null);
    },
    {
      cache: false,
      maxBatchSize: mostAtOnce,
      batchScheduleFn: (look) => void underWay.then(look, look),
    },
  );
  return (key) => loader.load(key);
}
