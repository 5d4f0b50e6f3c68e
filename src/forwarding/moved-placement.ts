/**
 * Which part of the new connections goes to another real server than before, from the slots of both. Where both sides hash
 * a client alike the slots are compared one by one; where they do not, where a client lands says nothing of where it will
 * land, and the expected part follows from the shares; and turns belong to no client, so that only shares move. Pure.
 */
import { isIpv6 } from '../contract/canonical-address.js';
import type { ServiceDocument } from '../contract/documents.js';
import { slotsOf } from './slots-of.js';

export interface MovedPlacement {
  /** Of all, 0 to 1. */
  readonly moved: number;
  /** Of those whose server still takes new connections; null where none does. */
  readonly movedOfStaying: number | null;
  readonly by: 'slots' | 'shares' | 'turns';
}

/** Null: no new connection was served before. */
export function movedPlacement(
  before: ServiceDocument | null,
  after: ServiceDocument | null,
  seed: number,
): MovedPlacement | null {
  const old = before === null ? [] : slotsOf(before, before.servers, seed);
  if (before === null || old.length === 0) return null;
  const next = after === null || !sameDoor(before, after) ? [] : slotsOf(after, after.servers, seed);
  if (after === null || next.length === 0) return { moved: 1, movedOfStaying: null, by: 'slots' };
  const by = basisOf(before, after);
  const parts = by === 'slots' ? partsBySlots(old, next) : partsByShares(old, next, by);
  return { ...summed(parts, new Set(next)), by };
}

/** Some part of the connections of a server, and how much of it moves. */
interface Part {
  readonly server: number;
  readonly size: number;
  readonly moved: number;
}

function summed(parts: readonly Part[], takers: ReadonlySet<number>): Omit<MovedPlacement, 'by'> {
  const sum = (some: readonly Part[], of: 'size' | 'moved') => some.reduce((all, each) => all + each[of], 0);
  const staying = parts.filter(({ server }) => takers.has(server));
  const size = sum(staying, 'size');
  return {
    moved: sum(parts, 'moved') / sum(parts, 'size'),
    movedOfStaying: size === 0 ? null : sum(staying, 'moved') / size,
  };
}

/** A hash is scaled to the number of slots, which is a power of two: the finer table halves the slots of the other. */
function partsBySlots(old: readonly number[], next: readonly number[]): readonly Part[] {
  const fine = Math.max(old.length, next.length);
  return Array.from({ length: fine }, (_, at) => {
    const server = serverAt(old, at, fine);
    return { server, size: 1, moved: server === serverAt(next, at, fine) ? 0 : 1 };
  });
}

function serverAt(table: readonly number[], at: number, fine: number): number {
  return table[Math.floor((at * table.length) / fine)] ?? 0;
}

function partsByShares(
  old: readonly number[],
  next: readonly number[],
  by: 'shares' | 'turns',
): readonly Part[] {
  const later = sharesOf(next);
  return [...sharesOf(old)].map(([server, size]) => {
    const share = later.get(server) ?? 0;
    return { server, size, moved: by === 'turns' ? Math.max(0, size - share) : size * (1 - share) };
  });
}

function sharesOf(table: readonly number[]): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  for (const server of table) shares.set(server, (shares.get(server) ?? 0) + 1 / table.length);
  return shares;
}

/** Clients find both at the same place. */
function sameDoor(a: ServiceDocument, b: ServiceDocument): boolean {
  return a.address === b.address && a.protocol === b.protocol && a.port === b.port;
}

function basisOf(before: ServiceDocument, after: ServiceDocument): MovedPlacement['by'] {
  if (hashOf(before) !== hashOf(after)) return 'shares';
  return before.scheduler === 'round-robin' ? 'turns' : 'slots';
}

/** What of a client's address is hashed. */
function hashOf({ scheduler, persistence, address }: ServiceDocument): string {
  if (scheduler === 'round-robin') return scheduler;
  const whole = isIpv6(address) ? 128 : 32;
  if (persistence !== undefined) return `source/${Math.min(persistence.prefixLength, whole)}`;
  return scheduler === 'source-hash' ? `source/${whole}` : scheduler;
}
