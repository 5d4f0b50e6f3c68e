/**
 * Canonical text and digests, the same on both ends of the wire.
 * Documents hold only objects, arrays, strings, booleans, null and safe integers, so sorted keys are enough
 * to agree with RFC 8785 (JSON Canonicalization Scheme).
 */
import { createHash } from 'node:crypto';
import type { DocumentBody } from './documents.js';

const DIGEST_BYTES = 32;

/** Digest of the empty set: 64 zeros. */
export const EMPTY_SET_DIGEST = '0'.repeat(DIGEST_BYTES * 2);

/** JSON with object keys sorted by UTF-16 code unit and no white space. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${entries.join(',')}}`;
}

/** SHA-256 over the canonical text, 64 hex digits. */
export function canonicalDigest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** The same of a list, whose text is never there at once. */
export async function canonicalDigestOfList(items: AsyncIterable<unknown>): Promise<string> {
  const digest = createHash('sha256').update('[');
  let separator = '';
  for await (const item of items) {
    digest.update(separator + canonicalJson(item));
    separator = ',';
  }
  return digest.update(']').digest('hex');
}

/** SHA-256 over key and canonical body, 64 hex digits. */
export function documentDigest(key: string, body: DocumentBody): string {
  return createHash('sha256')
    .update(`${key}\n${canonicalJson(body)}`)
    .digest('hex');
}

/**
 * Digest of a set of documents: the exclusive or of their digests. Adding and removing a document are the same
 * operation, so a change costs O(change). It finds loss and mix-up between parties that trust each other; it is
 * no signature.
 */
export function toggleInSetDigest(setDigest: string, digest: string): string {
  const left = Buffer.from(setDigest, 'hex');
  const right = Buffer.from(digest, 'hex');
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0))).toString('hex');
}
