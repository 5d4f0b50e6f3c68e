/**
 * A file that only grows: every line is whole or is found out to be cut. A line is written before what it tells is done,
 * and outlives a kill from then on; only `sync` makes it outlive a power cut. Writing never waits for the disk.
 */
import { closeSync, fdatasync, fstatSync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { checkedLine } from './checked-lines.js';

const syncData = promisify(fdatasync);

export class Journal {
  #unsynced = false;

  private constructor(
    readonly path: string,
    private readonly file: number,
    private size: number,
    private checksum: number,
  ) {}

  /** Makes the file; throws where there is one. */
  static begin(path: string, mode: number): Journal {
    return new Journal(path, openSync(path, 'wx', mode), 0, 0);
  }

  /** Goes on with a file that ends with this checksum. */
  static resume(path: string, mode: number, checksum: number): Journal {
    const file = openSync(path, 'a', mode);
    return new Journal(path, file, fstatSync(file).size, checksum);
  }

  get bytes(): number {
    return this.size;
  }

  /** Throws where the disk does not take it; the file may then end in half a line, and must not be added to. */
  append(text: string): void {
    const { line, checksum } = checkedLine(text, this.checksum);
    const bytes = Buffer.from(line, 'utf8');
    // A short write means a full disk; the next write then fails with the reason.
    for (let done = 0; done < bytes.length;) done += writeSync(this.file, bytes, done);
    this.size += bytes.length;
    this.checksum = checksum;
    this.#unsynced = true;
  }

  async sync(): Promise<void> {
    if (!this.#unsynced) return;
    this.#unsynced = false;
    await syncData(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}
