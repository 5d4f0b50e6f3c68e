/**
 * How a role ends: the first SIGTERM or SIGINT asks it to, a second one ends the process at once. Windows has no such
 * signals for a service; there the end of standard input asks.
 * What was opened is closed in order, and nothing that hangs keeps the rest from being closed.
 */
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.js';

const DEFAULT_TIMEOUT_MS = 10_000;

export interface Closer {
  readonly name: string;
  close(): unknown;
  /** How long the others wait for it; 10,000 by default. */
  readonly timeoutMs?: number;
}

/** Aborted by the first SIGTERM or SIGINT, and by the end of `input` where there is one. Call it once in a process. */
export function untilStopped(input?: Readable): AbortSignal {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    // 128 + the signal's number is what a shell reports of a process that died of it.
    if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    stop.abort(signal);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  if (input !== undefined) stopAtEnd(input, stop);
  return stop.signal;
}

/** Whatever is in it is read and forgotten. */
function stopAtEnd(input: Readable, stop: AbortController): void {
  const end = (): void => stop.abort('end of input');
  input.once('end', end).once('close', end).once('error', end).resume();
  // Whoever waits for the end of the process may be the one who keeps this open.
  stop.signal.addEventListener('abort', () => input.destroy(), { once: true });
}

/** Resolves when the signal is aborted. */
export function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Closes one after the other. A closer that fails or takes too long is logged, and the next one has its turn. */
export async function closeInOrder(closers: readonly Closer[], logger: Logger): Promise<void> {
  for (const closer of closers) {
    try {
      await withinTime(closer);
    } catch (error) {
      logger.warn({ err: error, closer: closer.name }, 'could not be closed in good order');
    }
  }
}

async function withinTime(closer: Closer): Promise<void> {
  const timeoutMs = closer.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const clock = new AbortController();
  const tooLate = sleep(timeoutMs, undefined, { signal: clock.signal }).then(() => {
    throw new Error(`not closed after ${timeoutMs} ms`);
  });
  try {
    await Promise.race([Promise.resolve().then(() => closer.close()), tooLate]);
  } finally {
    clock.abort();
    await tooLate.catch(() => undefined);
  }
}
