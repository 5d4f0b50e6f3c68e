/**
 * How soon to look at the host after an event. Soon enough that drift is repaired within 2 s, and never so often that
 * looking is what the host does: a change of our own makes events as well, and so may anybody. A look that takes longer than
 * 67 ms, as on a host with thousands of VIPs, takes more than a tenth of the time while events go on: to be late would
 * be worse. Pure; milliseconds.
 */

/** Events come in bunches; the first of them waits this long for the others. */
const SETTLE_MS = 50;
/** Between the end of a look and the next one there are so many times as long as it took. */
const REST = 9;
const SHORTEST_REST_MS = 200;
const LONGEST_REST_MS = 600;

/** `sinceLast`: since the last look ended. `lastTook`: how long it took. */
export function waitBeforeLook(sinceLast: number, lastTook: number): number {
  const rest = Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, REST * lastTook));
  return Math.max(SETTLE_MS, rest - sinceLast);
}
