/** What the web servers of the lab serve as downloads: pieces that differ, so that a lost or doubled one shows. */
import { createHash } from 'node:crypto';

export const PIECE_BYTES = 16_384;

export function pieceOf(index: number): Buffer {
  const digest = createHash('sha256').update(`${index}`).digest();
  return Buffer.alloc(PIECE_BYTES, digest);
}

/** SHA-256 of a download of this many pieces, as hexadecimal text. */
export function digestOf(pieces: number): string {
  const hash = createHash('sha256');
  for (let index = 0; index < pieces; index++) hash.update(pieceOf(index));
  return hash.digest('hex');
}
