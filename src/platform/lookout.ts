/**
 * Decides when the host is looked over: every few seconds, and soon after an event. One look at a time; events that
 * come while one goes on make one more. What a look finds is no concern of it.
 */
import type { Logger } from './logger.js';
import type { HostWatch } from './host-watch.js';
import { waitBeforeLook } from './look-pace.js';

/** Settings of the kernel make no events. Drift in them is repaired within 5 s, of which the look itself needs some. */
const POLL_MS = 4_000;

export interface LookoutOptions {
  readonly pollMs?: number;
  /** Without one the host is looked over by poll alone. */
  readonly watch?: HostWatch | undefined;
}

export class Lookout {
  readonly #pollMs: number;
  readonly #watch: HostWatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #begun = false;
  #stopped = false;
  #looking: Promise<void> | undefined;
  #moved = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #tookMs = 0;
  #complaint: string | undefined;

  constructor(
    private readonly look: () => Promise<void>,
    private readonly logger: Logger,
    { pollMs = POLL_MS, watch }: LookoutOptions,
  ) {
    this.#pollMs = pollMs;
    this.#watch = watch;
  }

  /** From now on. May be called again. */
  begin(): void {
    if (this.#begun || this.#stopped) return;
    this.#begun = true;
    this.#watch?.start(() => this.#hear());
    this.#arm(this.#pollMs);
  }

  /** Why some events are not heard; null: all are. Undefined where there are none. */
  get trouble(): string | null | undefined {
    return this.#watch?.trouble;
  }

  /** Resolves when no look goes on and none will. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#watch?.stop();
    await this.#looking;
  }

  #hear(): void {
    if (this.#moved) return;
    this.#moved = true;
    if (this.#looking === undefined) this.#arm(this.#soon());
  }

  #soon(): number {
    return waitBeforeLook(performance.now() - this.#endedAt, this.#tookMs);
  }

  #arm(waitMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => (this.#looking = this.#lookOnce()), waitMs);
  }

  async #lookOnce(): Promise<void> {
    const began = performance.now();
    const failedBefore = this.#complaint !== undefined;
    this.#moved = false;
    try {
      await this.look();
      this.#complaint = undefined;
    } catch (error) {
      this.#complain(error);
      // What is taken away while it is looked at fails the look, and makes no second event.
      this.#moved ||= !failedBefore;
    }
    this.#endedAt = performance.now();
    this.#tookMs = this.#endedAt - began;
    this.#looking = undefined;
    this.#arm(this.#moved ? Math.min(this.#soon(), this.#pollMs) : this.#pollMs);
  }

  /** The same trouble is logged once. */
  #complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== this.#complaint) {
      this.logger.warn({ err: error }, 'the host could not be looked over; it is tried again');
    }
    this.#complaint = message;
  }
}
