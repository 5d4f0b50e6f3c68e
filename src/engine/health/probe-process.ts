/** The probe as the engine has it: a process in a network namespace that is its own and ends with it. */
import { join } from 'node:path';
import type { ProgramStarter, RunningProgram } from '../../platform/command-runner.js';
import { PACKAGE_ROOT } from '../../platform/package-root.js';
import type { ProbeAnswer, ProbeOrder } from './probe/probe-messages.js';

/** A process starts in a tenth of a second; a busy machine takes longer. */
const PATIENCE_MS = 20_000;

const PROGRAM = join(PACKAGE_ROOT, 'dist', 'src', 'engine', 'health', 'probe', 'probe-main.js');

type Kind = ProbeAnswer['kind'];
type AnswerOf<K extends Kind> = Extract<ProbeAnswer, { kind: K }>;

export class ProbeProcess {
  private readonly waiting = new Map<Kind, (answer: ProbeAnswer) => void>();
  /** Standard error, of which the last line tells best why it ended. */
  private complaint = '';
  private program: RunningProgram | undefined;

  private constructor(private readonly onTurned: (answer: AnswerOf<'turned'>) => void) {}

  /** Resolves when its namespace is there. */
  static async start(
    start: ProgramStarter,
    onTurned: (answer: AnswerOf<'turned'>) => void,
  ): Promise<ProbeProcess> {
    const probe = new ProbeProcess(onTurned);
    const started = probe.next('started');
    probe.program = await start(['unshare', '--net', '--', process.execPath, PROGRAM], {
      deathSignal: 'KILL',
      takesInput: true,
      onLine: (line) => probe.take(line),
    });
    await probe.orEnd(started);
    return probe;
  }

  get pid(): number {
    return this.program?.pid ?? 0;
  }

  /** Resolves when the process has ended. */
  get ended(): Promise<void> {
    return this.program?.ended ?? Promise.resolve();
  }

  get lastWords(): string {
    return this.complaint;
  }

  tell(order: ProbeOrder): void {
    this.program?.write(`${JSON.stringify(order)}\n`);
  }

  /** Tells, and resolves to the answer of this kind. */
  async ask<K extends Kind>(order: ProbeOrder, kind: K): Promise<AnswerOf<K>> {
    const answer = this.next(kind);
    this.tell(order);
    return this.orEnd(answer);
  }

  /** Rejects where the probe could not do it. */
  async lay(order: Extract<ProbeOrder, { kind: 'network' | 'hosts' }>): Promise<void> {
    const { trouble } = await this.ask(order, 'laid');
    if (trouble !== null) throw new Error(trouble);
  }

  async end(): Promise<void> {
    this.program?.signal('SIGKILL');
    await this.ended;
  }

  private take(line: string): void {
    if (!line.startsWith('{"kind"')) {
      this.complaint = line;
      return;
    }
    const answer = JSON.parse(line) as ProbeAnswer;
    if (answer.kind === 'turned') this.onTurned(answer);
    this.waiting.get(answer.kind)?.(answer);
    this.waiting.delete(answer.kind);
  }

  private next<K extends Kind>(kind: K): Promise<AnswerOf<K>> {
    return new Promise((resolve) => {
      this.waiting.set(kind, (answer) => resolve(answer as AnswerOf<K>));
    });
  }

  private async orEnd<T>(awaited: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = (how: string): void => reject(new Error(`the probe ${how}: ${this.complaint}`));
      timer = setTimeout(() => fail('does not answer'), PATIENCE_MS);
      void this.ended.then(() => fail('ended'));
    });
    late.catch(() => undefined);
    return Promise.race([awaited, late]).finally(() => clearTimeout(timer));
  }
}
