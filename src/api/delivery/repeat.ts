/** Does a piece of work again and again, with a pause between, until it is stopped. One that fails is logged and has its next turn. */
import type { Logger } from '../../platform/logger.js';

/** @returns stops it, and resolves when the work that was under way has ended. */
export function repeat(
  what: string,
  pauseMs: number,
  work: () => Promise<void>,
  logger: Logger,
): () => Promise<void> {
  let stopped = false;
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const turn = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, `could not ${what}; trying again`);
    }
    if (!stopped) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => (running = turn()), pauseMs);
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
    return running;
  };
}
