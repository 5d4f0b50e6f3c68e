/**
 * Strong entity tags (RFC 9110, 8.8.3). The tag of an object is its revision and a digest of the whole answer, of a list
 * the digest alone: what is shown holds the status as well, which moves without a revision. So a 304 hides nothing that
 * nodes have reported since, while `If-Match` looks at the revision only: what nodes report is no edit of somebody's.
 */
import { createHash } from 'node:crypto';
import { Failed, failure } from '../../domain/failure.js';

/** In hex digits; 128 bits never meet by chance. */
const DIGEST_LENGTH = 32;
/** `"42-…"` as it was answered, or `"42"` by who goes by the revision in the body. */
const OBJECT_TAG = /^"(\d{1,15})(?:-[0-9a-f]{32})?"$/;

/**
 * @param text of the answer; of one in parts their digests and all else of it, which tells two answers apart as well.
 * @param revision undefined where the answer is no object with a revision.
 */
export function entityTag(text: string, revision: number | undefined): string {
  const digest = digestOf(text);
  return revision === undefined ? `"${digest}"` : `"${revision}-${digest}"`;
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_LENGTH);
}

/**
 * Throws 412 unless the `If-Match` header allows a write to an object at `revision`. No header and `*` allow it;
 * weak tags never match, for strong comparison is asked for.
 */
export function requireMatch(ifMatch: string | undefined, revision: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const revisions = ifMatch.split(',').map((tag) => OBJECT_TAG.exec(tag.trim())?.[1]);
  if (revisions.includes(String(revision))) return;
  throw new Failed(
    failure(
      'precondition-failed',
      'precondition-failed',
      `The object is at revision ${revision}, which If-Match does not name.`,
      'Read the object again, look at what changed, and repeat the write with its new ETag.',
    ),
  );
}
