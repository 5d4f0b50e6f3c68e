/**
 * The only place where a process is started to change or read this host.
 * It takes an argument array and never a shell line, sets a constant environment, bounds the time, and turns a non-zero
 * exit into an error that carries the beginning of what the program complained of.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const DEFAULT_TIMEOUT_MS = 30_000;
const STDERR_LIMIT = 8_192;
/** Bytes that wait for a program to read them. */
const MOST_UNREAD = 8_388_608;
const UNIX = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
/** Without these PowerShell does not start, finds no modules, or compiles nothing. */
const WINDOWS = {
  SystemDrive: 'C:',
  SystemRoot: 'C:\\Windows',
  windir: 'C:\\Windows',
  ProgramFiles: 'C:\\Program Files',
  ProgramData: 'C:\\ProgramData',
  PATH: 'C:\\Windows\\System32;C:\\Windows;C:\\Windows\\System32\\WindowsPowerShell\\v1.0',
  PATHEXT: '.COM;.EXE;.BAT;.CMD',
  TEMP: 'C:\\Windows\\Temp',
  TMP: 'C:\\Windows\\Temp',
};
const ENVIRONMENT = process.platform === 'win32' ? WINDOWS : UNIX;

export interface CommandOptions {
  /** Text, or pieces of it, for standard input; closed at once when absent. */
  readonly input?: string | Iterable<string>;
  /** The process is killed after this many milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Exit codes that say something else than that it failed; 0 alone by default. */
  readonly exitCodes?: readonly number[];
  /** Open files of ours that the program finds as its descriptors 3, 4 and so on; it gets no others. */
  readonly descriptors?: readonly number[];
  /** Told the id of the process as soon as there is one. */
  readonly onStart?: (pid: number) => void;
}

export interface CommandRunner {
  /** Resolves to standard output; rejects with CommandFailed on any other exit than wished, a signal, or the time limit. */
  run(argv: readonly [string, ...string[]], options?: CommandOptions): Promise<string>;
}

export class CommandFailed extends Error {
  constructor(
    readonly argv: readonly string[],
    /** Null when the process was killed or never started. */
    readonly exitCode: number | null,
    readonly stderr: string,
  ) {
    super(`${argv.join(' ')}: ${stderr.trim() || `exit ${exitCode ?? 'by signal'}`}`);
    this.name = 'CommandFailed';
  }
}

export const systemCommands: CommandRunner = {
  run: (argv, options = {}) =>
    new Promise((resolve, reject) => {
      const child = spawnPiped(argv, options);
      if (child.pid !== undefined) options.onStart?.(child.pid);
      const stdout: Buffer[] = [];
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        if (stderr.length < STDERR_LIMIT) stderr += chunk;
      });
      child.on('error', (error) => reject(new CommandFailed(argv, null, error.message)));
      child.on('close', (code) => {
        if (code !== null && (options.exitCodes ?? [0]).includes(code))
          resolve(Buffer.concat(stdout).toString('utf8'));
        else reject(new CommandFailed(argv, code, stderr));
      });
      // A program may exit before it has read everything; its exit code tells, not the broken pipe.
      child.stdin.on('error', () => undefined);
      for (const piece of piecesOf(options.input)) child.stdin.write(piece);
      child.stdin.end();
    }),
};

function spawnPiped(
  [program, ...args]: readonly [string, ...string[]],
  options: CommandOptions,
): ChildProcessWithoutNullStreams {
  return spawn(program, args, {
    env: ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe', ...(options.descriptors ?? [])],
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    windowsHide: true,
    // The types know three entries of stdio at most; the first three are pipes all the same.
  }) as ChildProcessWithoutNullStreams;
}

function piecesOf(input: CommandOptions['input']): Iterable<string> {
  if (input === undefined) return [];
  return typeof input === 'string' ? [input] : input;
}

/** A program that was started to stay, such as a server or a monitor. */
export interface RunningProgram {
  readonly pid: number;
  /** Resolves when the program has ended, however it did; never rejects. */
  readonly ended: Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** To its standard input, where it has one. What it leaves unread beyond some megabytes is lost. */
  write(text: string): void;
}

export interface StayOptions {
  /** What the kernel sends the program when this process dies, also of SIGKILL. */
  readonly deathSignal: 'INT' | 'TERM' | 'KILL';
  /** Each line that the program prints, on standard output or standard error. */
  readonly onLine: (line: string) => void;
  /** It reads its standard input; without this it has none. */
  readonly takesInput?: true;
}

export type ProgramStarter = (argv: readonly string[], options: StayOptions) => Promise<RunningProgram>;

/**
 * Starts a program that stays. It dies with this process, and has a session of its own: Ctrl-C in a terminal reaches
 * this process alone, which then ends its programs in the right order. Rejects where it could not be started at all.
 */
export async function startProgram(argv: readonly string[], options: StayOptions): Promise<RunningProgram> {
  const child = spawn('setpriv', ['--pdeathsig', options.deathSignal, '--', ...argv], {
    env: ENVIRONMENT,
    stdio: [options.takesInput === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', options.onLine);
  }
  // That it has ended is told below, not by a broken pipe.
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    ended,
    signal: (name) => void child.kill(name),
    write: (text) => {
      if (child.stdin !== null && child.stdin.writableLength < MOST_UNREAD) child.stdin.write(text);
    },
  };
}
