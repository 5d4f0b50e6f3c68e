/**
 * The names in the kernel. One table of the netdev family, a few rules, and maps that hold everything else:
 *
 *   services4/6, ranges4/6   VIP . protocol . port  -> service number (carried in meta priority)
 *   quoted4/6, quotedranges4/6   the same, for packets that come back inside of ICMP errors
 *   classes4/6               service number         -> jump to the chain of its scheduler and slot count
 *   spreads                  the same for a source that is not known, of services with persistence
 *   renewals                 service number         -> jump to the chain that renews a source
 *   takers                   service number . server number of servers that take new flows
 *   stateless                service numbers whose flows are not remembered
 *   straight4/6              VIP . protocol . port . slot -> server number, of those with one port
 *   slots                    service number . slot  -> server number (carried in meta mark)
 *   backends4/6.<interface>  server number          -> address to forward to, on that interface
 *   digests                  service number         -> digest of its slots, to compare after a restart
 *
 * The kernel fills flows, pending, claims, datagrams, fragments and sources by itself, see ruleset-text.ts.
 */
export const TABLE = 'netdev homeward';

export type Family = 4 | 6;
export const FAMILIES: readonly Family[] = [4, 6];

/** Maps that documents fill; the interface's name follows `backends4.`. */
export type MapName =
  | `services${Family}`
  | `ranges${Family}`
  | `quoted${Family}`
  | `quotedranges${Family}`
  | `classes${Family}`
  | `backends${Family}.${string}`
  | `straight${Family}`
  | 'slots'
  | 'spreads'
  | 'renewals'
  | 'takers'
  | 'stateless'
  | 'digests';

export const SCHEDULERS = ['maglev', 'source-hash'] as const;

export function spreadChain(scheduler: (typeof SCHEDULERS)[number], family: Family, slots: number): string {
  return `${scheduler}${family}-${slots}`;
}

/** All maps that documents fill. Sets are maps without values here. */
export function filledMaps(devices: readonly string[]): readonly MapName[] {
  return [
    ...FAMILIES.flatMap((family): MapName[] => [
      `services${family}`,
      `ranges${family}`,
      `quoted${family}`,
      `quotedranges${family}`,
      `classes${family}`,
      `straight${family}`,
      ...devices.map((device): MapName => `backends${family}.${device}`),
    ]),
    'slots',
    'spreads',
    'renewals',
    'takers',
    'stateless',
    'digests',
  ];
}

/** One element as it is written to nft. Two elements are the same place when `map` and `key` are equal. */
export interface Element {
  readonly map: MapName;
  readonly key: string;
  /** Empty for a set. */
  readonly value: string;
}

/** Maps without values. */
export const SETS: ReadonlySet<MapName> = new Set<MapName>(['takers', 'stateless']);

/** Maps that the kernel fills from packets. */
export const KERNEL_FILLED_MAPS = [
  'sources',
  ...FAMILIES.flatMap((family) =>
    ['flows', 'pending', 'claims', 'datagrams', 'fragments'].map((map) => `${map}${family}`),
  ),
];

/** Above every hash that takes the place of IPv6 addresses and more in a key. */
export const HASHED_KEYS = 2 ** 32 - 1;
