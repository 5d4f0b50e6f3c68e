/**
 * Which chain decides where a service's new flows go. Its name says everything about it, so that a chain which is not
 * part of every table can be made from the name alone, when the first service needs it (chains-on-demand.ts).
 */
import { isIpv6 } from '../contract/canonical-address.js';
import type { ServiceDocument } from '../contract/documents.js';
import { spreadChain, type Family } from './layout.js';
import { straightName, straightWayOf } from './straight-rules.js';

/**
 * Round-robin counts in a rule, so services take turns by chains of their own. Services whose numbers are equal modulo
 * this, with equal slot counts, share a chain: it keeps the number of chains bounded.
 */
const STREAMS = 256;
const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

export interface Steering {
  /** Where every new flow goes first. */
  readonly first: string;
  /** Only with persistence: where one goes whose source is not known, and what renews a known one. */
  readonly unknownSource?: string;
  readonly renewal?: string;
}

type Steered = Pick<ServiceDocument, 'number' | 'scheduler' | 'slots' | 'persistence'>;

export function steeringOf({ number, scheduler, slots, persistence }: Steered, family: Family): Steering {
  const inTurn = `round-robin${family}-${number % STREAMS}-${slots}`;
  if (persistence === undefined) {
    return { first: scheduler === 'round-robin' ? inTurn : spreadChain(scheduler, family, slots) };
  }
  const prefix = Math.min(persistence.prefixLength, BITS[family]);
  const pair = `${family}-${prefix}-${persistence.timeoutSeconds}`;
  return {
    first: `source${pair}`,
    // By the source's address alone: where its entry finds no room, its flows still go to one server.
    unknownSource: scheduler === 'round-robin' ? inTurn : `masked${family}-${prefix}-${slots}`,
    renewal: `renew${pair}`,
  };
}

/** What a service needs that is not part of every table: chains, and a rule of the entry chain. */
function neededOnDemand(service: ServiceDocument, family: Family): readonly string[] {
  const { first, unknownSource, renewal } = steeringOf(service, family);
  const chains = [first, unknownSource ?? [], renewal ?? []].flat().filter((name) => ON_DEMAND.test(name));
  const way = straightWayOf(service);
  return way === undefined ? chains : [...chains, straightName(family, way)];
}

/** The same; nothing where no director shall know the service. */
export function chainsNeeded(body: ServiceDocument | null): readonly string[] {
  return body === null ? [] : neededOnDemand(body, isIpv6(body.address) ? 6 : 4);
}

export const ON_DEMAND = /^(maglev|source-hash|source|renew|masked|round-robin)([46])-(\d+)(?:-(\d+))?$/;

/** How many slots the chain of a jump chooses from; 0 where it chooses from none by itself. */
export function slotsOfJump(verdict: string): number {
  const [, slots = '0'] =
    /^jump (?:maglev|source-hash|masked|round-robin)[46](?:-\d+)?-(\d+)$/.exec(verdict) ?? [];
  return Number(slots);
}
