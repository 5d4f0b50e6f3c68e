/**
 * Compares everything with what shall be, again and again in the background: events may be missed, and tell nothing of what
 * went on before the engine listened. It works for no more than a twentieth of the time, and holds up no change.
 */
import type { Logger } from '../../platform/logger.js';

const INTERVAL_MS = 60_000;
/** Once everything was brought first: a start takes much for granted. */
const FIRST_MS = 1_000;
/** A check that takes longer than this has a rest of so many times as long as it took. */
const LONG_MS = 3_000;
const REST = 20;

export class BackgroundCheck {
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;
  #goesOn = false;
  #again = false;
  #stopped = false;

  constructor(
    private readonly check: () => Promise<void>,
    private readonly logger: Logger,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /** From now on. May be called again. */
  begin(): void {
    if (this.#timer === undefined) this.#arm(Math.min(FIRST_MS, this.intervalMs));
  }

  /** At once, for there is reason to; one that goes on may have been too early, and is followed by another. */
  soon(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    if (this.#goesOn) this.#again = true;
    else this.#arm(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#checking;
  }

  #arm(waitMs: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => (this.#checking = this.#checkOnce()), waitMs);
  }

  async #checkOnce(): Promise<void> {
    this.#goesOn = true;
    const began = performance.now();
    await this.check().catch((error: unknown) =>
      this.logger.warn({ err: error }, 'what is in force could not be read back; it is tried again'),
    );
    const took = performance.now() - began;
    this.#goesOn = false;
    this.#arm(this.#again ? 0 : took < LONG_MS ? this.intervalMs : REST * took);
    this.#again = false;
  }
}
