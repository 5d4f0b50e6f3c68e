/**
 * Decides over how many slots a service's new flows are spread. More slots honour weights better and cost kernel
 * memory; a change of the number places every new flow anew. So it follows the configured servers, enabled or not:
 * draining one must not change it.
 *
 * Error bound: a server's share differs from weight / sum of weights by less than 1 / slots. That is at most a fifth
 * of the mean share, and at most the smallest share, so that every weight above 0 has a slot, up to the largest
 * count: where the sum of the weights is more than 4096 times the smallest, that server may get none.
 */
import type { RealServer } from '../domain/real-server.js';

const SLOTS_PER_SERVER = 5;
const MOST_SLOTS = 4096;

/** A power of two from 1 to 4096. */
export function slotCount(servers: readonly Pick<RealServer, 'weight'>[]): number {
  if (servers.length <= 1) return 1;
  return powerOfTwoFrom(Math.max(SLOTS_PER_SERVER * servers.length, smallestShare(servers)));
}

/** The smallest weight above 0 is one part in this many. */
function smallestShare(servers: readonly Pick<RealServer, 'weight'>[]): number {
  const weights = servers.map((server) => server.weight).filter((weight) => weight > 0);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.length === 0 ? 1 : sum / Math.min(...weights);
}

function powerOfTwoFrom(least: number): number {
  return Math.min(MOST_SLOTS, 2 ** Math.ceil(Math.log2(least)));
}
