/**
 * What the engine stands on: the facts about host and cluster that, with a document, decide every element.
 * Immutable; what is in force remembers the ground that it was made on.
 */
import type { Segments } from './segments.js';

export interface Ground {
  /** Seeds every flow hash. */
  readonly seed: number;
  /** Interfaces that packets for a VIP are taken from, sorted; real servers lie behind them. */
  readonly devices: readonly string[];
  readonly segments: Segments;
}

/** Whether everything made on one ground would be made alike on the other. */
export function sameGround(a: Ground, b: Ground): boolean {
  return a.seed === b.seed && a.devices.join() === b.devices.join() && a.segments.equals(b.segments);
}
