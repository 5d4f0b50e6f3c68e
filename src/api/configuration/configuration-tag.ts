/**
 * The entity tag of the configuration is a digest of what it says, so that two reads have one tag exactly where nothing
 * differs, whatever was changed and changed back, and whatever nodes have done. The same in YAML has a tag of its own, as it
 * must (RFC 9110, 8.8.3), and stands for the same state in `If-Match`.
 */
import type { Hash } from 'node:crypto';
import { Failed, failure } from '../../domain/failure.js';
import type { ConfigurationFormat } from './configuration-text.js';

/** In hex digits; 128 bits never meet by chance. */
const DIGEST_LENGTH = 32;
const TAG = /^"([0-9a-f]{32})(?:-yaml)?"$/;

/** @param digest that was updated with each service, in the order of the configuration. */
export function configurationTag(digest: Hash): string {
  return digest.digest('hex').slice(0, DIGEST_LENGTH);
}

export function entityTagOf(tag: string, format: ConfigurationFormat): string {
  return format === 'yaml' ? `"${tag}-yaml"` : `"${tag}"`;
}

/** Throws 412 unless the header allows a write to this state; no header and `*` allow it. */
export function requireTag(ifMatch: string | undefined, tag: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const named = ifMatch.split(',').map((each) => TAG.exec(each.trim())?.[1]);
  if (named.includes(tag)) return;
  throw new Failed(
    failure(
      'precondition-failed',
      'precondition-failed',
      'The configuration is not in the state that If-Match names.',
      'Read it again, look at what changed, and repeat the request with its new ETag.',
    ),
  );
}
