/**
 * The short way of a service that remembers no flows: one lookup, by VIP, protocol, port and slot, gives the server's
 * number. Nothing in it is looked up for other services, so a rule for each way to choose a slot stands before all
 * else in the entry chain, as long as a service needs it (chains-in-force.ts).
 *
 * Slot tables of any size are told on one of two sizes: a hash that is scaled to 64 is the one that is scaled to 16,
 * divided by 4. So there are at most four such rules for each address family, and they choose as spread-chains.ts does.
 */
import type { ServiceDocument } from '../contract/documents.js';
import { hashedClient } from './flow-keys.js';
import { SCHEDULERS, type Family } from './layout.js';

const SIZES = [64, 4096] as const;

export interface StraightWay {
  readonly scheduler: (typeof SCHEDULERS)[number];
  readonly slots: (typeof SIZES)[number];
}

type Chosen = Pick<ServiceDocument, 'port' | 'endPort' | 'scheduler' | 'slots' | 'flowAffinity'>;

/** Undefined: it has none. A range of ports would need its slots once for each port. */
export function straightWayOf(service: Chosen): StraightWay | undefined {
  const scheduler = SCHEDULERS.find((each) => each === service.scheduler);
  if (service.flowAffinity !== false || service.port !== service.endPort || scheduler === undefined) return;
  return wayFor(scheduler, service.slots);
}

function wayFor(scheduler: StraightWay['scheduler'], slots: number): StraightWay {
  return { scheduler, slots: slots <= SIZES[0] ? SIZES[0] : SIZES[1] };
}

/** The way that a service without flow affinity has beside the jump to its chain. */
export function wayBeside(jump: string): StraightWay | undefined {
  const [, name, slots] = /^jump ([a-z-]+)[46]-(\d+)$/.exec(jump) ?? [];
  const scheduler = SCHEDULERS.find((each) => each === name);
  return scheduler && wayFor(scheduler, Number(slots));
}

/**
 * What the number of a slot begins from in the map, which all ways share: those of `n` slots have `n` to `2n - 1`, and
 * with `source-hash` as much more as the largest size takes.
 */
export function firstSlot({ scheduler, slots }: StraightWay): number {
  return slots + (scheduler === 'maglev' ? 0 : 2 * SIZES[1]);
}

const NAME = /^straight([46])-(maglev|source-hash)-(64|4096)$/;

export function isStraightName(name: string): boolean {
  return NAME.test(name);
}

export function straightName(family: Family, { scheduler, slots }: StraightWay): string {
  return `straight${family}-${scheduler}-${slots}`;
}

/** Where protocol and fragmentation lie. Of fragments, the first one must leave word for the others on its way. */
const WHOLE_OF_PROTOCOL: Readonly<Record<Family, string>> = {
  // Offset, the flag for more fragments, and the protocol: an octet, as only what is no fragment has it.
  4: '(@nh,48,32 & 0x3fff00ff)',
  // Without extension headers.
  6: 'ip6 nexthdr',
};

export function straightMap(family: Family): string {
  const [whole, address] = family === 4 ? ['@nh,48,32', 'ip daddr'] : ['ip6 nexthdr', 'ip6 daddr'];
  return `typeof ${address} . ${whole} . th dport . numgen inc mod 16384 : meta mark;`;
}

/** Keys of the ways that are among the names, as rules spell them. */
export function straightLookups(names: Iterable<string>, seed: number): readonly StraightLookup[] {
  return [...names].sort().flatMap((name) => {
    const [, digit, scheduler, slots] = NAME.exec(name) ?? [];
    if (digit === undefined) return [];
    const family: Family = digit === '4' ? 4 : 6;
    return { family, rule: lookup(family, { scheduler, slots: Number(slots) } as StraightWay, seed) };
  });
}

export interface StraightLookup {
  readonly family: Family;
  /** Brings the server's number to `meta mark`; without one the rule ends. */
  readonly rule: string;
}

function lookup(family: Family, way: StraightWay, seed: number): string {
  const hashed = hashedClient('sent', family, way.scheduler === 'maglev');
  const slot = `jhash ${hashed} mod ${way.slots} seed ${seed} offset ${firstSlot(way)}`;
  const key = `${family === 4 ? 'ip' : 'ip6'} daddr . ${WHOLE_OF_PROTOCOL[family]} . th dport . ${slot}`;
  return `meta mark set ${key} map @straight${family}`;
}
