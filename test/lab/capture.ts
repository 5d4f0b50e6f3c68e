/**
 * Captures what passes an interface of a host.
 * It must never lose a frame unnoticed: a proof that counts zero frames is worth nothing if the capture was blind.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../support/namespaces.js';
import { PACKAGE_ROOT } from '../../src/platform/package-root.js';
import { untilSo } from '../support/until-so.js';
import { readFrame, type Frame } from './frame.js';
import { FrameStream } from './frame-stream.js';

/** In the source folder: the compiler does not copy it. */
const PROGRAM = join(PACKAGE_ROOT, 'test/lab/capture-frames.pl');
/** Frames still on their way through the kernel when the last reply is in. */
const SETTLE_MS = 100;
const START_LIMIT_MS = 10_000;

export class Capture {
  /** Those that have come so far. */
  readonly frames: Frame[] = [];
  private words = '';

  private constructor(
    private readonly place: string,
    private readonly program: ChildProcess,
  ) {
    const stream = new FrameStream();
    program.stdout?.on('data', (piece: Buffer) => this.frames.push(...stream.take(piece).map(readFrame)));
    program.stderr?.setEncoding('utf8').on('data', (text: string) => (this.words += text));
  }

  /** Resolves once frames are being captured. `neighbours`: ARP and ICMPv6 alone, which can be kept for long. */
  static async start(host: Host, device: string, which: 'all' | 'neighbours' = 'all'): Promise<Capture> {
    const capture = new Capture(`${host.name} ${device}`, host.spawn(['perl', PROGRAM, device, which]));
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
    const listens = (): boolean => {
      if (this.program.exitCode !== null) throw this.failure('does not start');
      return this.words.includes('listening');
    };
    await untilSo(listens, `the capture on ${this.place}`, START_LIMIT_MS);
  }

  private failure(what: string): Error {
    return new Error(`the capture on ${this.place} ${what}: ${this.words.trim()}`);
  }
}
