/** Waits until something is so, where there is nothing to tell about what is missing. */
import { until } from './until.js';

const PAUSE_MS = 5;

export async function untilSo(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  limitMs: number,
): Promise<void> {
  await until({
    what,
    limitMs,
    pauseMs: PAUSE_MS,
    look: async () => ((await isSo()) ? { found: undefined } : { missing: 'it did not come' }),
  });
}
