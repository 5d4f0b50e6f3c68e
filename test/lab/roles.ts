/**
 * Starts the programs of the lab inside their hosts and keeps what they say in one file each.
 * A program that ends by itself fails the lab at once; nobody waits for a status that cannot come any more.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INSTALLED_AGENT } from '../support/installed-agent.js';
import { stopProcess, type Host } from '../support/namespaces.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const TAIL_LINES = 12;

export class Roles {
  /** Rejects when a program ends that nobody stopped. */
  readonly collapse: Promise<never>;
  private collapsed: (error: Error) => void = () => undefined;
  private readonly running = new Map<string, ChildProcess>();

  private constructor(private readonly directory: string) {
    this.collapse = new Promise<never>((_, reject) => (this.collapsed = reject));
    this.collapse.catch(() => undefined);
  }

  /** `directory` takes the files with what the programs say. */
  static async in(directory: string): Promise<Roles> {
    await mkdir(directory, { recursive: true });
    return new Roles(directory);
  }

  /** Runs `homeward <role>` inside the host. */
  start(name: string, host: Host, role: string, env: Readonly<Record<string, string>>): void {
    const log = openSync(this.logOf(name), 'a', 0o600);
    const child = host.spawn([process.execPath, programOf(role), role], { env, stdio: ['ignore', log, log] });
    this.running.set(name, child);
    child.once('exit', (code, signal) => {
      if (this.running.delete(name)) {
        this.collapsed(new Error(`${name} ended by itself (${signal ?? `exit ${code}`})`));
      }
    });
  }

  /** Runs another compiled program of the lab inside the host; resolves once it says that it listens. */
  async serve(name: string, host: Host, program: URL, args: readonly string[]): Promise<void> {
    const log = openSync(this.logOf(name), 'a', 0o600);
    const argv = [process.execPath, fileURLToPath(program), ...args] as [string, ...string[]];
    const child = host.spawn(argv, { stdio: ['ignore', 'pipe', log] });
    const died = once(child, 'exit').then(() => Promise.reject(new Error(`${name} does not start`)));
    died.catch(() => undefined);
    if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), died]);
  }

  /** Ends a program at once, as a crash would. */
  async kill(name: string): Promise<void> {
    this.running.get(name)?.kill('SIGKILL');
    await this.stop(name);
  }

  /** Resolves when a program that ends by itself has ended; rejects with what it said when that was no success. */
  async runToEnd(
    name: string,
    host: Host,
    [role, ...rest]: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    const log = openSync(this.logOf(name), 'a', 0o600);
    const child = host.spawn([process.execPath, programOf(role), role, ...rest], {
      env,
      stdio: ['ignore', log, log],
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0)
      throw new Error(`${name}: homeward ${[role, ...rest].join(' ')} ended with ${code ?? 'a signal'}`);
  }

  /** In the order that lets each say goodbye to the next: nodes first, the API last. */
  async stopAll(): Promise<void> {
    const nodes = [...this.running.keys()].filter((name) => name !== 'api');
    await Promise.all(nodes.map((name) => this.stop(name)));
    await this.stop('api');
  }

  /** The last lines of each program, for the one who looks for a fault. */
  async tails(): Promise<readonly string[]> {
    const names = (await readdir(this.directory)).filter((name) => name.endsWith('.log'));
    const tails = await Promise.all(names.map((name) => this.tail(join(this.directory, name))));
    return tails.flat();
  }

  private async tail(path: string): Promise<readonly string[]> {
    const text = (await readFile(path, 'utf8')).trimEnd();
    return text === '' ? [] : ['', `${path}:`, ...text.split('\n').slice(-TAIL_LINES)];
  }

  private async stop(name: string): Promise<void> {
    const child = this.running.get(name);
    this.running.delete(name);
    if (child !== undefined) await stopProcess(child);
  }

  private logOf(name: string): string {
    return join(this.directory, `${name}.log`);
  }
}

/** Real servers have what is installed on them; directors and the API's machine have the whole. */
function programOf(role: string): string {
  return role === 'agent' ? INSTALLED_AGENT : MAIN;
}
