/**
 * Puts the last known good together from whatever files a crash left.
 * Files come in generations: a snapshot and the journal of what was taken after it. A generation's journal is begun
 * before its snapshot is written, so the older snapshot, its journal and the newer journal always tell all.
 * It takes what can be proved whole and in order, and nothing after the first break.
 */
import { HeldDocuments } from './held-documents.js';
import { readSnapshot, replayJournal } from './held-format.js';

export interface HeldFile {
  readonly generation: number;
  readonly kind: 'snapshot' | 'journal';
  readonly content: Buffer;
}

/** What came out of the files: all that was held, an older state of it, or nothing of what there was. */
export type Kept = 'all' | 'older' | 'none';

export interface AssembledHeld {
  readonly held: HeldDocuments;
  /** False where something was damaged, so that a new generation must be begun before anything is added. */
  readonly sound: boolean;
  readonly kept: Kept;
  /** Of the newest file, 0 without files. */
  readonly generation: number;
  /** Generation of the snapshot that was used, 0 for none. */
  readonly base: number;
  /** Checksum at the end of the newest generation's journal. */
  readonly checksum: number;
}

export function assembleHeld(files: readonly HeldFile[]): AssembledHeld {
  const generation = Math.max(0, ...files.map((file) => file.generation));
  const { held, base, sound } = bestSnapshot(files);
  const journals = files
    .filter((file) => file.kind === 'journal' && file.generation >= base)
    .sort((a, b) => a.generation - b.generation);
  let checksum = 0;
  for (const journal of journals) {
    const replayed = replayJournal(held, journal.content);
    if (!replayed.sound) {
      const kept = held.head === null ? 'none' : 'older';
      return { held, base, generation, sound: false, kept, checksum: 0 };
    }
    checksum = journal.generation === generation ? replayed.checksum : 0;
  }
  // Snapshots alone that cannot be read were followed by nothing, so nothing tells what there was.
  const kept = sound || held.head !== null ? 'all' : 'none';
  return { held, base, generation, sound, kept, checksum };
}

function bestSnapshot(files: readonly HeldFile[]): { held: HeldDocuments; base: number; sound: boolean } {
  const snapshots = files
    .filter((file) => file.kind === 'snapshot')
    .sort((a, b) => b.generation - a.generation);
  for (const [damaged, { content, generation }] of snapshots.entries()) {
    const held = readSnapshot(content);
    if (held !== undefined) return { held, base: generation, sound: damaged === 0 };
  }
  return { held: new HeldDocuments(), base: 0, sound: snapshots.length === 0 };
}
