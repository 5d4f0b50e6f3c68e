/**
 * The chains for what only some services ask for: each way to choose a slot, for the kernel goes through all rules that look
 * something up in a map for every element of it that comes; persistence with its prefix and timeout, for a rule's timeout is a
 * constant; and round-robin, for a rule counts for all who use it. Made from their names (steering.ts).
 *
 * Persistence: `sources` remembers the server of each source for the timeout since it last began or closed a flow.
 * The entry of a server that takes no new flows, because it drains or is gone, is replaced. A full map stops nothing:
 * without an entry the source goes by its slot.
 */
import type { Chain } from './chain.js';
import { hashedClient, IS_ERROR, type Origin } from './flow-keys.js';
import { HASHED_KEYS, type Family } from './layout.js';
import { spreadChainOf } from './spread-chains.js';
import { ON_DEMAND } from './steering.js';

const ROOM = 262_144;

/** The address by a hash: an IPv6 address is too long a key. Sources with equal hashes share an entry, and so a server. */
export const SOURCES_MAP = `typeof meta priority . numgen inc mod ${HASHED_KEYS} : meta mark; flags dynamic,timeout; timeout 300s; size ${ROOM};`;

/** With one number in its name, both are that one. */
type Maker = (family: Family, first: number, second: number, seed: number) => readonly Chain[];

const MAKERS: Readonly<Record<string, Maker>> = {
  maglev: (family, slots, _, seed) => [spreadChainOf('maglev', family, slots, seed)],
  'source-hash': (family, slots, _, seed) => [spreadChainOf('source-hash', family, slots, seed)],
  source: sourceChains,
  renew: (family, prefix, timeout, seed) => [
    { name: `renew${family}-${prefix}-${timeout}`, rules: [renewal(family, prefix, timeout, seed)] },
  ],
  masked: maskedChain,
  'round-robin': roundRobinChain,
};

/** Each once, also where several of the names come to it. */
export function chainsNamed(names: Iterable<string>, seed: number): readonly Chain[] {
  const chains = [...names].sort().flatMap((name) => {
    const [, kind = '', family, first, second = first] = ON_DEMAND.exec(name) ?? [];
    const make = MAKERS[kind];
    if (make === undefined) throw new Error(`no chain is called ${name}`);
    return make(family === '4' ? 4 : 6, Number(first), Number(second), seed);
  });
  return [...new Map(chains.map((chain) => [chain.name, chain])).values()];
}

function sourceChains(family: Family, prefix: number, timeout: number, seed: number): readonly Chain[] {
  const key = sourceKey('sent', family, prefix, seed);
  const toSlot = 'meta mark set 0 meta priority vmap @spreads';
  return [
    {
      name: `quoted-source${family}-${prefix}`,
      rules: [`meta mark set ${sourceKey('quoted', family, prefix, seed)} map @sources return`, toSlot],
    },
    {
      name: `source${family}-${prefix}-${timeout}`,
      rules: [
        `${IS_ERROR[family]} goto quoted-source${family}-${prefix}`,
        `meta mark set ${key} map @sources meta priority . meta mark @takers goto renew${family}-${prefix}-${timeout}`,
        // An update would leave the old server in it.
        `meta mark != 0 delete @sources { ${key} : meta mark }`,
        toSlot,
        `meta mark != 0 ${renewal(family, prefix, timeout, seed)}`,
      ],
    },
  ];
}

function renewal(family: Family, prefix: number, timeout: number, seed: number): string {
  return `update @sources { ${sourceKey('sent', family, prefix, seed)} timeout ${timeout}s : meta mark }`;
}

function maskedChain(family: Family, prefix: number, slots: number, seed: number): readonly Chain[] {
  const pick = (origin: Origin) =>
    `meta mark set meta priority . jhash ${maskedSource(origin, family, prefix)} mod ${slots} seed ${seed} map @slots`;
  const rules = [pick('sent'), `${IS_ERROR[family]} ${pick('quoted')}`];
  return [{ name: `masked${family}-${prefix}-${slots}`, rules }];
}

/** An error about an answer takes no turn; without a flow nobody can tell whose it is. */
function roundRobinChain(family: Family, stream: number, slots: number): readonly Chain[] {
  const rule = `meta mark set meta priority . numgen inc mod ${slots} map @slots`;
  return [{ name: `round-robin${family}-${stream}-${slots}`, rules: [`${IS_ERROR[family]} return`, rule] }];
}

function sourceKey(origin: Origin, family: Family, prefix: number, seed: number): string {
  return `meta priority . jhash ${maskedSource(origin, family, prefix)} mod ${HASHED_KEYS} seed ${seed}`;
}

function maskedSource(origin: Origin, family: Family, prefix: number): string {
  const bits = family === 4 ? 32 : 128;
  const mask = ((1n << BigInt(prefix)) - 1n) << BigInt(bits - prefix);
  return `${hashedClient(origin, family, false)} & 0x${mask.toString(16)}`;
}
