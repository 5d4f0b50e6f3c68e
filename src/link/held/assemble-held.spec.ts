import { describe, expect, it } from 'vitest';
import type { Document } from '../../contract/documents.js';
import { assembleHeld, type HeldFile } from './assemble-held.js';
import { checkedLine } from '../../platform/checked-lines.js';
import { HeldDocuments, type HeldHead } from './held-documents.js';
import { journalEntry, snapshotPieces } from './held-format.js';

const CLUSTER = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';

function head(version: number): HeldHead {
  // The digest only has to differ from version to version here.
  const digest = version.toString(16).padStart(64, '0');
  return { cluster: CLUSTER, epoch: 1, version, revision: version, seed: 7, digest };
}

function vip(last: number, version: number): Document {
  const address = `192.0.2.${last}`;
  return { key: address, version, revision: version, body: { kind: 'vip', address, services: [] } };
}

/** Each step's batch; the third one removes what the first one brought. */
const BATCHES: readonly Document[][] = [
  [vip(1, 1), vip(2, 1)],
  [vip(3, 2)],
  [{ ...vip(1, 3), body: null }],
  [],
  [vip(4, 5)],
];

/** The set after each number of batches, as text. */
const STATES: readonly string[] = (() => {
  const held = new HeldDocuments();
  const states = [text(held)];
  for (const [index, batch] of BATCHES.entries()) {
    held.take(head(index + 1), batch);
    states.push(text(held));
  }
  return states;
})();

function text(held: HeldDocuments): string {
  return JSON.stringify([held.head, [...held.documents.values()].sort((a, b) => (a.key < b.key ? -1 : 1))]);
}

function journalOf(from: number, to: number): Buffer {
  let checksum = 0;
  let content = '';
  for (let index = from; index < to; index++) {
    const entry = journalEntry(index === 0 ? null : head(index), head(index + 1), BATCHES[index] ?? []);
    const line = checkedLine(entry, checksum);
    checksum = line.checksum;
    content += line.line;
  }
  return Buffer.from(content);
}

function snapshotAfter(batches: number): Buffer {
  const held = new HeldDocuments();
  for (let index = 0; index < batches; index++) held.take(head(index + 1), BATCHES[index] ?? []);
  return Buffer.from([...snapshotPieces(head(batches), [...held.documents.values()])].join(''));
}

function file(generation: number, kind: HeldFile['kind'], content: Buffer): HeldFile {
  return { generation, kind, content };
}

describe('putting the last known good together', () => {
  it('gives nothing where there are no files', () => {
    expect(assembleHeld([])).toMatchObject({ sound: true, generation: 0, base: 0 });
  });

  it('replays a journal from the beginning', () => {
    const assembled = assembleHeld([file(1, 'journal', journalOf(0, 5))]);
    expect(text(assembled.held)).toBe(STATES[5]);
    expect(assembled.sound).toBe(true);
  });

  it('gives an earlier whole set for a journal that was cut at any byte', () => {
    const whole = journalOf(0, 5);
    let furthest = 0;
    for (let length = 0; length <= whole.length; length++) {
      const { held } = assembleHeld([file(1, 'journal', whole.subarray(0, length))]);
      const reached = STATES.indexOf(text(held));
      expect(reached, `cut at ${length}`).toBeGreaterThanOrEqual(furthest);
      furthest = reached;
    }
    expect(furthest).toBe(5);
  });

  it('gives an earlier whole set for a journal with any byte flipped, and says that it is damaged', () => {
    const whole = journalOf(0, 5);
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8((flipped[at] ?? 0) ^ (1 << (at % 8)), at);
      const assembled = assembleHeld([file(1, 'journal', flipped)]);
      expect(STATES, `flipped at ${at}`).toContain(text(assembled.held));
      expect(assembled.sound, `flipped at ${at}`).toBe(false);
    }
  });

  it('falls back to the older snapshot and both journals when the newer snapshot is damaged at any byte', () => {
    const older = [file(1, 'snapshot', snapshotAfter(1)), file(1, 'journal', journalOf(1, 3))];
    const newest = snapshotAfter(3);
    const journal = file(2, 'journal', journalOf(3, 5));
    for (let at = 0; at < newest.length; at++) {
      const flipped = Buffer.from(newest);
      flipped.writeUInt8((flipped[at] ?? 0) ^ 1, at);
      for (const content of [flipped, newest.subarray(0, at)]) {
        const assembled = assembleHeld([...older, file(2, 'snapshot', content), journal]);
        expect(text(assembled.held), `damaged at ${at}`).toBe(STATES[5]);
        expect(assembled).toMatchObject({ sound: false, base: 1, generation: 2 });
      }
    }
    expect(assembleHeld([...older, file(2, 'snapshot', newest), journal])).toMatchObject({
      sound: true,
      base: 2,
    });
  });

  it('takes nothing after a break, even where a later journal is whole', () => {
    const broken = journalOf(0, 3).subarray(0, -4);
    const assembled = assembleHeld([file(1, 'journal', broken), file(2, 'journal', journalOf(3, 5))]);
    expect(text(assembled.held)).toBe(STATES[2]);
    expect(assembled.sound).toBe(false);
  });

  it('does not apply a journal to a set that it does not follow', () => {
    const assembled = assembleHeld([
      file(1, 'snapshot', snapshotAfter(1)),
      file(1, 'journal', journalOf(3, 5)),
    ]);
    expect(text(assembled.held)).toBe(STATES[1]);
    expect(assembled.sound).toBe(false);
  });
});
