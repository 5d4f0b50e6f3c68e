/** Watches a host by programs whose lines are events. */
import type { HostWatch } from './host-watch.js';
import type { Logger } from './logger.js';
import { ProgramWatch, type WatchedProgram } from './program-watch.js';

export class ProgramsWatch implements HostWatch {
  readonly #programs: readonly ProgramWatch[];

  constructor(programs: readonly WatchedProgram[], logger: Logger) {
    this.#programs = programs.map((program) => new ProgramWatch(program, logger));
  }

  get trouble(): string | null {
    return this.#programs.find(({ trouble }) => trouble !== null)?.trouble ?? null;
  }

  start(onMoved: () => void): void {
    for (const program of this.#programs) program.start(onMoved);
  }

  /** To those that read their standard input. */
  tell(text: string): void {
    for (const program of this.#programs) program.tell(text);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
  }
}
