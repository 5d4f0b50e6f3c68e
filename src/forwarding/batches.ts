/** How the steps of many documents come together in transactions of bounded size. Pure. */
import type { ElementDifference } from './element-difference.js';

/** Elements per transaction: nft takes about 1 kB of memory for each. */
export const TRANSACTION_LIMIT = 32_000;

export interface Step extends ElementDifference {
  /** The document that it is for. */
  readonly key: string;
}

/** As few as can be. A step is never split. */
export function* batches(steps: Iterable<Step>): Iterable<readonly Step[]> {
  let batch: Step[] = [];
  let size = 0;
  for (const step of steps) {
    const more = step.added.length + step.deleted.length;
    if (batch.length > 0 && size + more > TRANSACTION_LIMIT) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(step);
    size += more;
  }
  if (batch.length > 0) yield batch;
}
