/**
 * Keeps a program running whose lines are events, such as `ip monitor`. It is started again when it ends, with a pause
 * that grows; whatever it did not hear meanwhile is made up for by a look at the host once it listens again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from './backoff.js';
import { startProgram, type RunningProgram } from './command-runner.js';
import type { Logger } from './logger.js';

/** One that lives this long listens, and one that cannot run at all has ended by then. */
const SETTLED_MS = 300;

export interface WatchedProgram {
  readonly argv: readonly [string, ...string[]];
  /** Whether a line that it printed is worth a look at the host. */
  readonly isNews: (line: string) => boolean;
  /** It reads its standard input; without this it has none. */
  readonly takesInput?: true;
}

export class ProgramWatch {
  readonly #stop = new AbortController();
  readonly #backoff = new Backoff();
  #running: Promise<void> | undefined;
  #program: RunningProgram | undefined;
  #trouble: string | null = null;
  #lastLine = '';

  constructor(
    private readonly watched: WatchedProgram,
    private readonly logger: Logger,
  ) {}

  /** Why it does not run; null: it does. */
  get trouble(): string | null {
    return this.#trouble;
  }

  start(onNews: () => void): void {
    this.#running ??= this.#keepRunning(onNews);
  }

  /** To its standard input; lost while it does not run. */
  tell(text: string): void {
    if (this.watched.takesInput === true) this.#program?.write(text);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#program?.signal('SIGTERM');
    await this.#running;
  }

  async #keepRunning(onNews: () => void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const began = performance.now();
      await this.#runOnce(onNews).catch((error: unknown) => (this.#lastLine = String(error)));
      if (signal.aborted) return;
      this.#ended(onNews);
      this.#backoff.lived(performance.now() - began);
      await sleep(this.#backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }

  async #runOnce(onNews: () => void): Promise<void> {
    const onLine = (line: string): void => {
      this.#lastLine = line;
      if (this.watched.isNews(line)) onNews();
    };
    const { argv, takesInput } = this.watched;
    this.#program = await startProgram(argv, {
      deathSignal: 'KILL',
      onLine,
      ...(takesInput && { takesInput }),
    });
    if (this.#stop.signal.aborted) this.#program.signal('SIGTERM');
    const settled = setTimeout(() => {
      this.#trouble = null;
      onNews();
    }, SETTLED_MS);
    await this.#program.ended;
    clearTimeout(settled);
  }

  #ended(onNews: () => void): void {
    const { argv } = this.watched;
    // It may have printed an event last; a program that fails at once has said why.
    const trouble = `\`${argv.join(' ')}\` ended, and is started again; it printed last: ${this.#lastLine}`;
    if (this.#trouble === null) {
      this.logger.warn(
        { argv, lastLine: this.#lastLine },
        'a monitor of the kernel ended; it is started again',
      );
      onNews();
    }
    this.#trouble = trouble;
  }
}
