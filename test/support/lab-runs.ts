/** Runs of the compiled lab for its specs: each with a temporary directory that must be empty again in the end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Findings } from '../lab/findings.js';
import { untilSo } from './until-so.js';

/** Less than vitest gives a test. */
const LIMIT_MS = 100_000;
const LAB = resolve('dist/test/lab/lab.js');

export interface LabRun {
  readonly child: ChildProcess;
  /** All that it printed so far. */
  readonly said: () => string;
}

export class LabRuns {
  private readonly runs: ChildProcess[] = [];

  private constructor(readonly directory: string) {}

  static async create(): Promise<LabRuns> {
    return new LabRuns(await mkdtemp(join(tmpdir(), 'hw-lab-spec-')));
  }

  /** @param prefix the command that runs the lab, such as one that takes privileges away. */
  start(args: readonly string[], prefix: readonly string[] = []): LabRun {
    const [program = '', ...rest] = [...prefix, process.execPath, LAB, ...args];
    const env = { ...process.env, TMPDIR: this.directory, PORT: '0', NO_COLOR: '1' };
    const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.runs.push(child);
    let words = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (words += text));
    }
    return { child, said: () => words };
  }

  async untilNobodyIsLeft(): Promise<void> {
    const unused = async () => !(await commandLines()).some((line) => line.includes(this.directory));
    await untilSo(unused, `the processes in ${this.directory} to end`, LIMIT_MS);
  }

  async close(): Promise<void> {
    for (const child of this.runs.splice(0)) await ended(child, () => child.kill('SIGKILL'));
    await this.untilNobodyIsLeft();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Exit code and findings of a run that ends by itself. */
export async function finished({
  child,
  said,
}: LabRun): Promise<{ code: number | null; findings: Findings }> {
  await ended(child);
  const lastLine = said().trimEnd().split('\n').at(-1) ?? '';
  if (!/^\{.*\}$/.test(lastLine)) throw new Error(`the lab ended without findings: ${said()}`);
  return { code: child.exitCode, findings: JSON.parse(lastLine) as Findings };
}

export async function ended(child: ChildProcess, act: () => unknown = () => undefined): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  act();
  await closed;
}

export async function untilSaid({ child, said }: LabRun, words: string): Promise<void> {
  const isSaid = (): boolean => {
    if (child.exitCode !== null) throw new Error(said());
    return said().includes(words);
  };
  await untilSo(isSaid, `the lab to say "${words}"`, LIMIT_MS);
}

async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}
