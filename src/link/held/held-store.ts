/**
 * Keeps the last known good on disk, at a cost that follows the change and not the number of documents.
 * A batch is one append to the journal before it is put in force. What must be durable before a report may speak of
 * it is synced by `save`, outside of the hot path: were a report sent first, a power cut could bring a director back
 * with documents older than the control plane believes, and real servers that were let go would get traffic.
 * It never lets a full or broken disk hold up forwarding: the set in memory moves on, and `trouble` tells.
 */
import { closeSync, fdatasync, fstatSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Document } from '../../contract/documents.js';
import type { Logger } from '../../platform/logger.js';
import { syncDirectory, writeFileAtomically } from '../../platform/state-file.js';
import { assembleHeld, type AssembledHeld, type HeldFile } from './assemble-held.js';
import { checkedLine } from './checked-lines.js';
import type { HeldDocuments, HeldHead } from './held-documents.js';
import { journalEntry, snapshotPieces } from './held-format.js';

const MODE = 0o600;
const FILE_NAME = /^held-(\d{1,15})\.(snapshot|journal)$/;
/** A journal grows to this many bytes before it is folded into a new snapshot. */
const FOLD_AT_BYTES = 4 * 1024 * 1024;

const syncData = promisify(fdatasync);

export class HeldStore {
  readonly held: HeldDocuments;
  /** What is wrong with the disk, or null. */
  trouble: string | null = null;
  #generation: number;
  #base: number;
  #journal: number | undefined;
  #journalBytes = 0;
  #checksum: number;
  #unsynced = false;
  #folding: Promise<void> | undefined;

  private constructor(
    private readonly directory: string,
    private readonly logger: Logger,
    private readonly foldAtBytes: number,
    assembled: AssembledHeld,
  ) {
    this.held = assembled.held;
    this.#generation = assembled.generation;
    this.#base = assembled.base;
    this.#checksum = assembled.checksum;
  }

  static async open(directory: string, logger: Logger, foldAtBytes = FOLD_AT_BYTES): Promise<HeldStore> {
    const assembled = assembleHeld(await readFiles(directory));
    const store = new HeldStore(directory, logger, foldAtBytes, assembled);
    if (!assembled.sound)
      logger.warn('the held documents on disk end in a damaged place; what is whole is used');
    if (assembled.sound && assembled.generation > 0) store.#resumeJournal();
    else await store.#fold();
    return store;
  }

  /** Writes the batch to the journal, then takes it into memory. Never throws. */
  take(head: HeldHead, changed: readonly Document[]): void {
    const entry = checkedLine(journalEntry(this.held.head, head, changed), this.#checksum);
    this.held.take(head, changed);
    try {
      this.#append(entry.line);
      this.#checksum = entry.checksum;
    } catch (error) {
      this.#troubled(error);
    }
    if (this.#journalBytes >= this.foldAtBytes) void this.#fold();
  }

  /** Resolves when all that was taken survives a power cut, or when `trouble` says that it does not. */
  async save(): Promise<void> {
    if (this.trouble !== null) await this.#fold();
    await this.#folding;
    if (!this.#unsynced || this.#journal === undefined) return;
    this.#unsynced = false;
    try {
      await syncData(this.#journal);
    } catch (error) {
      this.#troubled(error);
    }
  }

  async close(): Promise<void> {
    await this.save();
    if (this.#journal !== undefined) closeSync(this.#journal);
    this.#journal = undefined;
  }

  #append(line: string): void {
    if (this.#journal === undefined || this.trouble !== null) throw new Error(this.trouble ?? 'no journal');
    const bytes = Buffer.from(line, 'utf8');
    // A short write means a full disk; the next write then fails with the reason.
    for (let done = 0; done < bytes.length;) done += writeSync(this.#journal, bytes, done);
    this.#journalBytes += bytes.length;
    this.#unsynced = true;
  }

  #troubled(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.trouble === null) this.logger.error({ err: error }, 'the held documents cannot be saved');
    this.trouble = message;
  }

  /** Begins a new generation; one at a time. */
  #fold(): Promise<void> {
    this.#folding ??= this.#beginGeneration()
      .catch((error: unknown) => this.#troubled(error))
      .finally(() => (this.#folding = undefined));
    return this.#folding;
  }

  async #beginGeneration(): Promise<void> {
    const { head, documents } = this.held;
    const copy = [...documents.values()];
    const before = this.#switchJournal();
    if (before !== undefined) await syncData(before).finally(() => closeSync(before));
    if (head !== null) {
      const path = this.#path(this.#generation, 'snapshot');
      await writeFileAtomically(path, snapshotPieces(head, copy), { mode: MODE });
      await this.#removeBefore(this.#base);
      this.#base = this.#generation;
    }
    await syncDirectory(this.directory);
  }

  /** From here on batches go to the new generation's journal, which follows the old one's. */
  #switchJournal(): number | undefined {
    const before = this.#journal;
    const generation = this.#generation + 1;
    this.#journal = openSync(this.#path(generation, 'journal'), 'wx', MODE);
    this.#generation = generation;
    this.#journalBytes = 0;
    this.#checksum = 0;
    this.trouble = null;
    return before;
  }

  async #removeBefore(generation: number): Promise<void> {
    for (const file of await listFiles(this.directory)) {
      if (file.generation < generation) await rm(join(this.directory, file.name), { force: true });
    }
  }

  #resumeJournal(): void {
    this.#journal = openSync(this.#path(this.#generation, 'journal'), 'a', MODE);
    this.#journalBytes = fstatSync(this.#journal).size;
  }

  #path(generation: number, kind: HeldFile['kind']): string {
    return join(this.directory, `held-${generation}.${kind}`);
  }
}

interface NamedFile extends Omit<HeldFile, 'content'> {
  readonly name: string;
}

async function listFiles(directory: string): Promise<NamedFile[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => {
    const [, generation, kind] = FILE_NAME.exec(name) ?? [];
    if (generation === undefined) return [];
    return [{ name, generation: Number(generation), kind: kind === 'snapshot' ? 'snapshot' : 'journal' }];
  });
}

async function readFiles(directory: string): Promise<HeldFile[]> {
  const files = await listFiles(directory);
  return Promise.all(
    files.map(async (file) => ({ ...file, content: await readFile(join(directory, file.name)) })),
  );
}
