/**
 * Sends reports: at once when something changed, never two at a time, and one at least every REPORT_INTERVAL_MS.
 * A change that comes while a report is under way goes into the next one. It decides when, and whether a report must
 * be complete; it never holds up the work that it reports on.
 */
import { REPORT_INTERVAL_MS, type ReportAnswer } from '../contract/report.js';
import type { Logger } from '../platform/logger.js';
import { Backoff } from '../platform/backoff.js';
import { RequestRefused } from './request-refused.js';

const HTTP_UNAUTHORIZED = 401;

/** Sends one report and resolves to its answer; rejects where it was not answered well. */
export type SendReport = (complete: boolean) => Promise<ReportAnswer>;

export class Reporter {
  readonly #backoff = new Backoff();
  #complete = true;
  #wanted = false;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #paused = false;
  #stopped = false;
  #complaint: string | undefined;

  constructor(
    private readonly send: SendReport,
    private readonly logger: Logger,
    private readonly intervalMs = REPORT_INTERVAL_MS,
  ) {}

  /** Something changed. After a failed report this waits for the pause to end. */
  request(): void {
    this.#wanted = true;
    if (!this.#paused) this.#run();
  }

  /** The next report shall list everything: the control plane may lack it. */
  demandComplete(): void {
    this.#complete = true;
    this.request();
  }

  /** The control plane was reached by another way, so that waiting longer makes no sense. */
  reached(): void {
    this.#paused = false;
    this.request();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sending;
  }

  #run(): void {
    if (this.#stopped || this.#sending !== undefined) return;
    clearTimeout(this.#timer);
    this.#sending = this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    let waitMs = this.intervalMs;
    do {
      this.#wanted = false;
      waitMs = await this.#sendOne();
    } while (this.#wanted && !this.#paused && !this.#stopped);
    this.#sending = undefined;
    if (!this.#stopped) this.#timer = setTimeout(() => this.reached(), waitMs);
  }

  /** Resolves to how long to wait for the next one, if nothing changes. */
  async #sendOne(): Promise<number> {
    const complete = this.#complete;
    this.#complete = false;
    try {
      const answer = await this.send(complete);
      this.#paused = false;
      this.#complaint = undefined;
      this.#backoff.reset();
      if (answer.complete) {
        this.#complete = true;
        // An answer that asks again for what it just got must not make a loop.
        this.#wanted ||= !complete;
      }
      return this.intervalMs;
    } catch (error) {
      this.#complete ||= complete;
      this.#paused = true;
      if (!isOwnStop(error)) this.#complain(error);
      return this.#backoff.next();
    }
  }

  #complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.#complaint) return;
    this.#complaint = message;
    if (error instanceof RequestRefused && error.status === HTTP_UNAUTHORIZED) {
      this.logger.error(
        { detail: error.detail },
        'the control plane refuses the credential of this node; what is in force stays. ' +
          'If the node was removed on purpose, stop it; else make a join token and join anew',
      );
    } else {
      this.logger.warn({ err: error }, 'a report could not be sent; it is tried again');
    }
  }
}

/** A timeout is a TimeoutError; an AbortError comes of this process being stopped. */
function isOwnStop(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
