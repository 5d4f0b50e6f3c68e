/**
 * Reads once for all who ask alike: what is asked for while the same is being read is answered by one next read, which
 * begins after all of them have asked. So no answer is older than its question, and nothing is kept.
 */
interface Asked<V> {
  readonly underWay: Promise<V>;
  next: Promise<V> | null;
}

/** @param nameOf the same for what asks for the same. */
export function readAlike<K, V>(
  nameOf: (key: K) => string,
  read: (key: K) => Promise<V>,
): (key: K) => Promise<V> {
  const all = new Map<string, Asked<V>>();
  const begin = (name: string, key: K): Promise<V> => {
    const asked: Asked<V> = { underWay: read(key), next: null };
    all.set(name, asked);
    const forget = (): void => void (asked.next === null && all.delete(name));
    asked.underWay.then(forget, forget);
    return asked.underWay;
  };
  return (key) => {
    const name = nameOf(key);
    const asked = all.get(name);
    if (asked === undefined) return begin(name, key);
    const again = (): Promise<V> => begin(name, key);
    asked.next ??= asked.underWay.then(again, again);
    return asked.next;
  };
}
