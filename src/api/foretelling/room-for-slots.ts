/**
 * Of how many services slots are placed for one plan, to tell which connections would move: that takes time for each pair of a
 * slot and a server, before and after, and a change may be about thousands of services. Pure.
 */
import type { ServiceDocument } from '../../contract/documents.js';

/** Two or three seconds of processor time: 1,000 real servers on 4,096 slots take 0.6 s. */
export const MOST_PAIRS = 16_000_000;

export interface Placed {
  readonly before: Pick<ServiceDocument, 'slots' | 'servers'> | null;
  readonly settled: Pick<ServiceDocument, 'slots' | 'servers'> | null;
}

/** The first of them, and one in any case. */
export function roomForSlots<T extends Placed>(services: readonly T[]): readonly T[] {
  let pairs = 0;
  const full = services.findIndex(({ before, settled }, at) => {
    pairs += pairsOf(before) + pairsOf(settled);
    return pairs > MOST_PAIRS && at > 0;
  });
  return full === -1 ? services : services.slice(0, full);
}

function pairsOf(body: Placed['before']): number {
  return body === null ? 0 : body.slots * body.servers.length;
}
