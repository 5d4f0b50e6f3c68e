/**
 * Captures what passes an interface of a host, with tcpdump.
 * It must never lose a frame unnoticed: a proof that counts zero frames is worth nothing if the capture was blind.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../support/namespaces.js';
import { readFrame, type Frame } from './frame.js';
import { PcapReader } from './pcap.js';

/** Enough for Ethernet, IPv6 and TCP or a neighbour advertisement. */
const SNAPSHOT_BYTES = 128;
const BUFFER_KIB = 16_384;
/** Frames still on their way through the kernel when the last reply is in. */
const SETTLE_MS = 100;
const START_LIMIT_MS = 10_000;

export class Capture {
  readonly frames: Frame[] = [];
  private words = '';

  private constructor(
    private readonly place: string,
    private readonly tcpdump: ChildProcess,
  ) {
    const reader = new PcapReader();
    tcpdump.stdout?.on('data', (piece: Buffer) => this.frames.push(...reader.take(piece).map(readFrame)));
    tcpdump.stderr?.setEncoding('utf8').on('data', (text: string) => (this.words += text));
  }

  /** Resolves once frames are being captured. `filter` is in the language of pcap-filter(7). */
  static async start(host: Host, device: string, filter: string): Promise<Capture> {
    const options = ['--immediate-mode', '-U', '-n', '-s', `${SNAPSHOT_BYTES}`, '-B', `${BUFFER_KIB}`];
    // As "root": the account that tcpdump changes to otherwise does not exist in a user namespace.
    const child = host.spawn(['tcpdump', '-Z', 'root', '-i', device, ...options, '-w', '-', filter]);
    const capture = new Capture(`${host.name} ${device}`, child);
    await capture.untilListening();
    return capture;
  }

  /** Ends the capture and resolves to all of its frames; rejects when the kernel had to drop some. */
  async stop(): Promise<readonly Frame[]> {
    await sleep(SETTLE_MS);
    const closed = once(this.tcpdump, 'close');
    this.tcpdump.kill('SIGINT');
    await closed;
    const dropped = /^(\d+) packets? dropped by kernel/m.exec(this.words)?.[1];
    if (dropped !== '0') throw new Error(`The capture on ${this.place} is not whole: ${this.words.trim()}`);
    return this.frames;
  }

  private async untilListening(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (!this.words.includes('listening on')) {
      if (this.tcpdump.exitCode !== null || Date.now() > deadline) {
        throw new Error(`tcpdump does not run on ${this.place}: ${this.words.trim()}`);
      }
      await sleep(10);
    }
  }
}
