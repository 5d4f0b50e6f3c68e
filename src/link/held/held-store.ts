/**
 * Keeps the last known good on disk, at a cost that follows the change and not the number of documents.
 * A batch is one append to the journal before it is put in force. What must be durable before a report may speak of
 * it is synced by `save`, outside of the hot path: were a report sent first, a power cut could bring a director back
 * with documents older than the control plane believes, and real servers that were let go would get traffic.
 * It never lets a full or broken disk hold up forwarding: the set in memory moves on, and `trouble` tells.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Journal } from '../../platform/journal.js';
import type { Logger } from '../../platform/logger.js';
import { syncDirectory, writeFileAtomically } from '../../platform/state-file.js';
import { assembleHeld, type AssembledHeld, type HeldFile, type Kept } from './assemble-held.js';
import type { HeldDocument, HeldDocuments, HeldHead } from './held-documents.js';
import { journalEntry, snapshotPieces } from './held-format.js';

const MODE = 0o600;
const FILE_NAME = /^held-(\d{1,15})\.(snapshot|journal)$/;
/** A snapshot that a kill left half written. */
const HALF_WRITTEN = /^held-(\d{1,15})\.snapshot\.tmp$/;
/** A journal grows to this many bytes before it is folded into a new snapshot. */
const FOLD_AT_BYTES = 4 * 1024 * 1024;

export class HeldStore {
  readonly held: HeldDocuments;
  /** What is wrong with the disk, or null. */
  trouble: string | null = null;
  /** What was found on disk at the start; `all` again once something newer was taken. */
  kept: Kept;
  #generation: number;
  #base: number;
  /** What batches are added to; undefined where the last one could not be. */
  #journal: Journal | undefined;
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
    this.kept = assembled.kept;
  }

  static async open(directory: string, logger: Logger, foldAtBytes = FOLD_AT_BYTES): Promise<HeldStore> {
    const assembled = await readHeld(directory);
    const store = new HeldStore(directory, logger, foldAtBytes, assembled);
    if (!assembled.sound)
      logger.warn('the held documents on disk end in a damaged place; what is whole is used');
    const resumable = assembled.sound && assembled.generation > 0;
    if (resumable) store.#resumeJournal(assembled.checksum);
    if (!resumable || store.#isOnce) await store.#fold();
    return store;
  }

  /** Writes the batch to the journal, then takes it into memory. Never throws. */
  take(head: HeldHead, changed: readonly HeldDocument[]): void {
    const first = this.held.head === null;
    const entry = journalEntry(this.held.head, head, changed);
    this.held.take(head, changed);
    this.kept = 'all';
    try {
      this.#journal?.append(entry);
    } catch (error) {
      this.#abandonJournal(error);
    }
    // What was ever taken stands in two files from the beginning: a journal alone has no older copy.
    if (this.#journal !== undefined && (first || this.#journal.bytes >= this.foldAtBytes)) void this.#fold();
  }

  /** Resolves when all that was taken survives a power cut, or when `trouble` says that it does not. */
  async save(): Promise<void> {
    if (this.trouble !== null) await this.#fold();
    await this.#folding;
    const journal = this.#journal;
    try {
      await journal?.sync();
    } catch (error) {
      if (journal === this.#journal) this.#abandonJournal(error);
    }
  }

  async close(): Promise<void> {
    await this.save();
    this.#journal?.close();
    this.#journal = undefined;
  }

  /** All that is held stands in one file alone. */
  get #isOnce(): boolean {
    return this.#base === 0 && this.held.head !== null;
  }

  /** Nobody knows what of its end is on disk; only a new generation helps. */
  #abandonJournal(error: unknown): void {
    this.#journal?.close();
    this.#journal = undefined;
    this.#troubled(error);
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
    const { head } = this.held;
    const copy = this.held.all();
    const before = this.#journal;
    const generation = this.#generation + 1;
    // From here on batches go to the new generation's journal, which follows the old one's.
    const next = Journal.begin(this.#path(generation, 'journal'), MODE);
    this.#journal = next;
    this.#generation = generation;
    try {
      await before?.sync();
      if (head !== null) await this.#writeSnapshot(head, copy);
      await syncDirectory(this.directory);
    } catch (error) {
      await this.#giveUpGeneration(before, next);
      throw error;
    }
    before?.close();
    // Not sooner: as long as the snapshot was not durable, a report must not call what is in force saved.
    if (this.#journal === next) this.trouble = null;
  }

  async #writeSnapshot(head: HeldHead, documents: readonly HeldDocument[]): Promise<void> {
    const path = this.#path(this.#generation, 'snapshot');
    await writeFileAtomically(path, snapshotPieces(head, documents), { mode: MODE });
    const older = this.#base;
    this.#base = this.#generation;
    await this.#removeBefore(older);
  }

  /**
   * A disk that stays full is tried again and again, and must not be filled with empty journals. The new journal stays
   * only where the old one is whole and batches were added to the new one meanwhile: together they tell all.
   */
  async #giveUpGeneration(before: Journal | undefined, next: Journal): Promise<void> {
    const together = before !== undefined && next.bytes > 0;
    if (together || this.#base === this.#generation) return before?.close();
    if (this.#journal === next) {
      next.close();
      this.#journal = before;
    } else {
      // A batch that the new journal did not take is missing from the old one.
      before?.close();
    }
    await rm(next.path, { force: true });
    this.#generation -= 1;
  }

  async #removeBefore(generation: number): Promise<void> {
    for (const name of await readdir(this.directory)) {
      const [, found] = FILE_NAME.exec(name) ?? HALF_WRITTEN.exec(name) ?? [];
      if (Number(found) < generation) await rm(join(this.directory, name), { force: true });
    }
  }

  #resumeJournal(checksum: number): void {
    this.#journal = Journal.resume(this.#path(this.#generation, 'journal'), MODE, checksum);
  }

  #path(generation: number, kind: HeldFile['kind']): string {
    return join(this.directory, `held-${generation}.${kind}`);
  }
}

/** The last known good, without touching anything. */
export async function readHeld(directory: string): Promise<AssembledHeld> {
  return assembleHeld(await readFiles(directory));
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
    files.map(async (file) => ({ ...file, content: await readContent(join(directory, file.name)) })),
  );
}

/** Of a file that the disk does not give back: no snapshot and no journal begins like this. */
const DAMAGED = Buffer.from('damaged');

async function readContent(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EIO' || code === 'EISDIR') return DAMAGED;
    throw error;
  }
}
