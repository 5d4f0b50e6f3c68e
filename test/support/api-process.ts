/** `homeward api` as a process of its own, as it was built, on a database that is there. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class ApiProcess {
  private constructor(
    readonly base: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param preload a module that is loaded before the program. */
  static async start(databaseUrl: string, adminToken: string, preload?: string): Promise<ApiProcess> {
    const options = preload === undefined ? [] : ['--import', preload];
    const child = spawn(process.execPath, [...options, 'dist/src/main.js', 'api'], {
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: 'dist/test/compile-cache',
        DATABASE_URL: databaseUrl,
        HOMEWARD_ADMIN_TOKEN: adminToken,
        HOMEWARD_LOG_LEVEL: 'error',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      const base = /listens on (\S+)/.exec(line)?.[1];
      if (base !== undefined) return new ApiProcess(base, child);
    }
    throw new Error(`the API did not start: ${child.exitCode}`);
  }

  /** Resolves to the signal that ended it, or its exit code. */
  async ended(): Promise<NodeJS.Signals | number | null> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.signalCode ?? child.exitCode;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended();
  }
}
