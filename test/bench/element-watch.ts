/**
 * Sees elements come and go in the kernel of one network namespace, at the moment of their commit.
 * The same yardstick is laid at Homeward and at the floor.
 */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** From dist/test/bench, where this file runs, to the source folder: the compiler does not copy it. */
export const WATCH_PROGRAM = fileURLToPath(new URL('../../../test/bench/watch-elements.pl', import.meta.url));
const LIMIT_MS = 20_000;

export interface ElementEvent {
  readonly verb: 'add' | 'delete';
  readonly map: string;
  /** The key's bytes in hexadecimal. */
  readonly key: string;
}

interface Waiter {
  readonly matches: (event: ElementEvent) => boolean;
  readonly resolve: (at: number) => void;
}

export class ElementWatch {
  private readonly waiters = new Set<Waiter>();
  readonly listening: Promise<void>;

  /** @param program a running watch-elements.pl. */
  constructor(private readonly program: ChildProcess) {
    let begun: () => void = () => undefined;
    this.listening = new Promise((resolve) => (begun = resolve));
    if (program.stdout === null) throw new Error('the watch has no standard output');
    createInterface({ input: program.stdout }).on('line', (line) => {
      if (line === 'listening') begun();
      else this.take(line);
    });
  }

  /** Resolves to when the first such element was seen; by performance.now(). Begin before what shall be seen. */
  seen(what: string, matches: (event: ElementEvent) => boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const clock = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(new Error(`${what} was not seen within ${LIMIT_MS / 1000} s`));
      }, LIMIT_MS);
      const waiter: Waiter = {
        matches,
        resolve: (at) => {
          clearTimeout(clock);
          resolve(at);
        },
      };
      this.waiters.add(waiter);
    });
  }

  stop(): void {
    this.program.kill('SIGKILL');
  }

  private take(line: string): void {
    const at = performance.now();
    const [verb, map = '', key = ''] = line.split(' ');
    if (verb !== 'add' && verb !== 'delete') return;
    for (const waiter of this.waiters) {
      if (!waiter.matches({ verb, map, key })) continue;
      this.waiters.delete(waiter);
      waiter.resolve(at);
    }
  }
}
