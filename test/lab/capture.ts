/**
 * Captures what passes an interface of a host.
 * It must never lose a frame unnoticed: a proof that counts zero frames is worth nothing if the capture was blind.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Host } from '../support/namespaces.js';
import { readFrame, type Frame } from './frame.js';
import { FrameStream } from './frame-stream.js';

/** From dist/test/lab, where this file runs, to the source folder: the compiler does not copy it. */
const PROGRAM = fileURLToPath(new URL('../../../test/lab/capture-frames.pl', import.meta.url));
/** Frames still on their way through the kernel when the last reply is in. */
const SETTLE_MS = 100;
const START_LIMIT_MS = 10_000;

export class Capture {
  private readonly frames: Frame[] = [];
  private words = '';

  private constructor(
    private readonly place: string,
    private readonly program: ChildProcess,
  ) {
    const stream = new FrameStream();
    program.stdout?.on('data', (piece: Buffer) => this.frames.push(...stream.take(piece).map(readFrame)));
    program.stderr?.setEncoding('utf8').on('data', (text: string) => (this.words += text));
  }

  /** Resolves once frames are being captured. */
  static async start(host: Host, device: string): Promise<Capture> {
    const capture = new Capture(`${host.name} ${device}`, host.spawn(['perl', PROGRAM, device]));
    await capture.untilListening();
    return capture;
  }

  /** Ends the capture and resolves to all of its frames; rejects when some were lost. */
  async stop(): Promise<readonly Frame[]> {
    await sleep(SETTLE_MS);
    const closed = once(this.program, 'close');
    this.program.kill('SIGINT');
    await closed;
    if (!this.words.includes('seen, 0 lost')) throw this.failure('is not whole');
    return this.frames;
  }

  private async untilListening(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (!this.words.includes('listening')) {
      if (this.program.exitCode !== null || Date.now() > deadline) throw this.failure('does not start');
      await sleep(5);
    }
  }

  private failure(what: string): Error {
    return new Error(`the capture on ${this.place} ${what}: ${this.words.trim()}`);
  }
}
