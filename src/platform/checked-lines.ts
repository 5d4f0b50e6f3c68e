/**
 * A text format that finds out by itself where it was cut, flipped or patched: every line starts with a CRC-32 that
 * covers the line and, through its start value, all lines before it. It guards against accidents, not against people.
 */
import { crc32 } from 'node:zlib';

const CHECKSUM_DIGITS = 8;
const NEWLINE = 10;

export interface CheckedLine {
  readonly line: string;
  /** To be handed in with the next line. */
  readonly checksum: number;
}

/** `text` must not hold a newline; JSON never does. `before` is the checksum of the line before, 0 for the first. */
export function checkedLine(text: string, before: number): CheckedLine {
  const checksum = crc32(text, before);
  return { line: `${hex(checksum)} ${text}\n`, checksum };
}

export interface CheckedTexts {
  /** The texts of all lines before the first one that is not whole. */
  readonly texts: readonly string[];
  /** Whether that was every line there is. */
  readonly sound: boolean;
  readonly checksum: number;
}

export function readCheckedLines(content: Buffer): CheckedTexts {
  const texts: string[] = [];
  let checksum = 0;
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(NEWLINE, start);
    const text = content.subarray(start + CHECKSUM_DIGITS + 1, Math.max(end, 0));
    const next = crc32(text, checksum);
    const expected = `${hex(next)} `;
    if (end < 0 || content.toString('latin1', start, start + expected.length) !== expected) {
      return { texts, sound: false, checksum };
    }
    texts.push(text.toString('utf8'));
    checksum = next;
    start = end + 1;
  }
  return { texts, sound: true, checksum };
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(CHECKSUM_DIGITS, '0');
}
