/**
 * Lets one scan of flows run at a time, each followed by a pause as long as it took: scans take at most half of one
 * processor, at the least priority, whoever asks and how often. One that nobody waits for any more does not begin.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { REFUSED_BUSY } from '../../../contract/questions.js';
import { NotAnswered } from '../../../link/not-answered.js';

export class ScanGate {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(scan: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let tookMs = 0;
    const scanned = this.last.then(async () => {
      if (signal.aborted) throw new NotAnswered(REFUSED_BUSY, 'It counts the flows of others.');
      const began = performance.now();
      try {
        return await scan();
      } finally {
        tookMs = performance.now() - began;
      }
    });
    // Also where nobody waits for its answer any more: it ran all the same.
    const pause = () => sleep(tookMs, undefined, { ref: false });
    this.last = scanned.then(pause, pause);
    return scanned;
  }
}
