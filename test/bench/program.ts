/** A role of Homeward that the bench runs in a host and measures from outside, by its process number. */
import type { ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stopProcess, type Host } from '../support/namespaces.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

export interface ProgramPlace {
  readonly host: Host;
  /** What it says goes here. */
  readonly logFile: string;
}

export class Program {
  private stopping = false;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      process.stderr.write(`${this.name} ended by itself (${signal ?? `exit ${code}`})\n`);
      process.exit(1);
    });
  }

  static start(
    role: 'api' | 'engine',
    { host, logFile }: ProgramPlace,
    env: Record<string, string>,
  ): Program {
    const log = openSync(logFile, 'a', 0o600);
    return new Program(
      role,
      host.spawn([process.execPath, MAIN, role], { env, stdio: ['ignore', log, log] }),
    );
  }

  /** Resident memory now and at its highest, in MiB; of this process alone. */
  async memory(): Promise<{ readonly residentMb: number; readonly highestMb: number }> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    const mebibytes = (field: string): number =>
      Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024);
    return { residentMb: mebibytes('VmRSS'), highestMb: mebibytes('VmHWM') };
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await stopProcess(this.child);
  }
}
