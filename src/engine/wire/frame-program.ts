/**
 * Keeps the program running that has the raw sockets (frames.pl), and speaks its lines. Node has no raw sockets. It is
 * started again when it ends, with a pause that grows, and is then told everything anew that it has to know.
 * What is sent while it does not run is lost, as frames on a wire may be: whoever sends asks again.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../platform/backoff.js';
import type { ProgramStarter, RunningProgram } from '../../platform/command-runner.js';

const PROGRAM = ['perl', join(import.meta.dirname, 'frames.pl')] as const;
/** What could not be sent is told once a second while it goes on. */
const TOLD_FOR_MS = 5_000;

export interface FrameListener {
  /** The program can send and hear from now on, and knows nothing. */
  onReady(): void;
  onFrame(index: number, frame: Buffer): void;
  /** It does not run any more, or could not be started. */
  onEnd(): void;
}

export class FrameProgram {
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff();
  private running: Promise<void> | undefined;
  private program: RunningProgram | undefined;
  private lastLine = '';
  private outbox = '';
  /** By the kernel's number of the interface. */
  private readonly unsent = new Map<number, { readonly why: string; readonly at: number }>();
  private ended = false;

  constructor(
    private readonly startProgram: ProgramStarter,
    private readonly listener: FrameListener,
  ) {}

  ready = false;

  start(): void {
    this.running ??= this.keepRunning();
  }

  /** Why frames cannot be sent or heard. */
  get trouble(): string | undefined {
    return this.ended && !this.ready ? `perl has ended: ${this.lastLine || 'it said nothing'}` : undefined;
  }

  /** Why frames could not be sent on that interface lately. */
  troubleOn(index: number): string | undefined {
    const unsent = this.unsent.get(index);
    return unsent !== undefined && performance.now() - unsent.at < TOLD_FOR_MS ? unsent.why : undefined;
  }

  send(index: number, frame: Buffer): void {
    this.say(`send ${index} ${frame.toString('hex')}`);
  }

  /** All lines of one step go in one piece. */
  say(line: string): void {
    if (!this.ready) return;
    if (this.outbox === '') setImmediate(() => this.flush());
    this.outbox += `${line}\n`;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.program?.signal('SIGTERM');
    await this.running;
  }

  private flush(): void {
    this.program?.write(this.outbox);
    this.outbox = '';
  }

  private async keepRunning(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const began = performance.now();
      await this.runOnce().catch((error: unknown) => (this.lastLine = String(error)));
      this.ready = false;
      this.ended = true;
      if (signal.aborted) return;
      this.listener.onEnd();
      this.backoff.lived(performance.now() - began);
      await sleep(this.backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }

  private async runOnce(): Promise<void> {
    const onLine = (line: string): void => this.take(line);
    const options = { deathSignal: 'KILL', takesInput: true, onLine } as const;
    this.program = await this.startProgram(PROGRAM, options);
    if (this.stopping.signal.aborted) this.program.signal('SIGTERM');
    await this.program.ended;
  }

  private take(line: string): void {
    const [verb, index, ...rest] = line.split(' ');
    if (verb === 'heard') this.listener.onFrame(Number(index), Buffer.from(rest[0] ?? '', 'hex'));
    else if (verb === 'unsent')
      this.unsent.set(Number(index), { why: rest.join(' '), at: performance.now() });
    else if (verb === 'ready') this.begin();
    else if (verb !== 'dropped') this.lastLine = line;
  }

  private begin(): void {
    // The line may come before the step that started the program is over.
    setImmediate(() => {
      if (this.program === undefined || this.stopping.signal.aborted) return;
      this.ready = true;
      this.listener.onReady();
    });
  }
}
