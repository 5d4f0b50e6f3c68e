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
    let began = performance.now();
    const scanned = this.last.then(() => {
      if (signal.aborted) throw new NotAnswered(REFUSED_BUSY, 'It counts the flows of others.');
      began = performance.now();
      return scan();
    });
    const pause = () => (signal.aborted ? undefined : sleep(performance.now() - began));
    this.last = scanned.then(pause, pause);
    return scanned;
  }
}
