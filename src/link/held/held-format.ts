/**
 * How held documents are written down. A snapshot is a first line with the head and the number of documents, then a
 * line per document. A journal is a line per batch taken, each naming by fingerprint the set that it follows, so that
 * it is never applied to another one.
 */
import { DIGEST, DOCUMENT_SCHEMA, POSITION_MEMBERS, SEED } from '../../contract/decode-documents.js';
import { COUNTER, decodeText, exactly, strictDecoder } from '../../contract/strict-decoder.js';
import { checkedLine, readCheckedLines } from '../../platform/checked-lines.js';
import { fingerprint, HeldDocuments, type HeldDocument, type HeldHead } from './held-documents.js';

/** Moves when these files change their shape; a file of another format counts as absent. */
const FILE_FORMAT = 1;
/** Lines are handed on in pieces of about this many characters. */
const PIECE_LENGTH = 65_536;

interface SnapshotStart {
  readonly format: number;
  readonly head: HeldHead;
  readonly count: number;
}

interface JournalEntry {
  readonly format: number;
  readonly follows: string;
  readonly head: HeldHead;
  readonly documents: readonly HeldDocument[];
}

const FORMAT = { const: FILE_FORMAT };
const HEAD = exactly({ ...POSITION_MEMBERS, revision: COUNTER, seed: SEED, digest: DIGEST });
const HELD_DOCUMENT = {
  ...DOCUMENT_SCHEMA,
  properties: { ...DOCUMENT_SCHEMA.properties, refused: { const: true } },
};
const decodeStart = strictDecoder<SnapshotStart>(exactly({ format: FORMAT, head: HEAD, count: COUNTER }));
const decodeDocument = strictDecoder<HeldDocument>(HELD_DOCUMENT);
const decodeEntry = strictDecoder<JournalEntry>(
  exactly({
    format: FORMAT,
    follows: { type: 'string' },
    head: HEAD,
    documents: { type: 'array', items: HELD_DOCUMENT },
  }),
);

/** The text of a snapshot, in pieces, so that a large one is never in memory as a whole. Of two of one key the later counts. */
export function* snapshotPieces(head: HeldHead, documents: readonly HeldDocument[]): Generator<string> {
  const start: SnapshotStart = { format: FILE_FORMAT, head, count: documents.length };
  let { line: piece, checksum } = checkedLine(JSON.stringify(start), 0);
  for (const document of documents) {
    const next = checkedLine(JSON.stringify(document), checksum);
    checksum = next.checksum;
    piece += next.line;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** The set that a snapshot holds, or undefined where it is not whole. */
export function readSnapshot(content: Buffer): HeldDocuments | undefined {
  const { texts, sound } = readCheckedLines(content);
  const [first, ...rest] = texts;
  if (!sound || first === undefined) return undefined;
  const start = decodeText(decodeStart, first);
  const documents = rest.map((text) => decodeText(decodeDocument, text));
  if (!start.ok || start.value.count !== documents.length) return undefined;
  const values = documents.flatMap((document) => (document.ok ? [document.value] : []));
  if (values.length !== documents.length) return undefined;
  const held = new HeldDocuments();
  held.take(start.value.head, values);
  return held;
}

/** The journal's text for a batch that is taken after `before`. */
export function journalEntry(
  before: HeldHead | null,
  head: HeldHead,
  documents: readonly HeldDocument[],
): string {
  const entry: JournalEntry = { format: FILE_FORMAT, follows: fingerprint(before), head, documents };
  return JSON.stringify(entry);
}

/** Takes the journal's batches into `held`, up to the first one that is not whole or does not follow. */
export function replayJournal(held: HeldDocuments, content: Buffer): { sound: boolean; checksum: number } {
  const { texts, sound, checksum } = readCheckedLines(content);
  for (const text of texts) {
    const entry = decodeText(decodeEntry, text);
    if (!entry.ok || entry.value.follows !== fingerprint(held.head)) return { sound: false, checksum };
    held.take(entry.value.head, entry.value.documents);
  }
  return { sound, checksum };
}
