/**
 * Cuts long work in slices: between two of its pieces others get their turn, once it has had its own for long enough. Where
 * nobody wants the work any more, it ends there.
 */
import { setImmediate } from 'node:timers/promises';

/** A request that comes meanwhile is kept waiting for so long, and for the piece that is at work. */
const SLICE_MS = 10;

export class Breaths {
  private since = performance.now();

  /** @param signal its reason is thrown where it is aborted. */
  constructor(private readonly signal: AbortSignal) {}

  /** To be awaited between two pieces. */
  async take(): Promise<void> {
    if (performance.now() - this.since < SLICE_MS) return;
    await setImmediate();
    this.signal.throwIfAborted();
    this.since = performance.now();
  }
}
