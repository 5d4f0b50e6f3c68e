/** Waits for what others bring about, with a time limit that says what was missing. */
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 25;

export interface Wait<T> {
  /** What is waited for, as the end of "waited n s for". */
  readonly what: string;
  readonly limitMs: number;
  /** Between two looks; 25 ms by default. */
  readonly pauseMs?: number;
  /** Resolves to what was waited for, or to the words that tell what is missing. What it throws ends the wait. */
  readonly look: () => Promise<{ readonly found: T } | { readonly missing: string }>;
}

export async function until<T>({ what, limitMs, pauseMs = PAUSE_MS, look }: Wait<T>): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if ('found' in seen) return seen.found;
    if (performance.now() > deadline) {
      throw new Error(`waited ${limitMs / 1000} s for ${what}; ${seen.missing}`);
    }
    await sleep(pauseMs);
  }
}
