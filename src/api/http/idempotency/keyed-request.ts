/** What a write with an Idempotency-Key asks for: read from the request, and refused where the key is none. */
import type { Request } from 'express';
import { canonicalDigest } from '../../../contract/digest.js';
import { bearerCredential } from '../bearer-credential.js';
import { invalidRequest, violation } from '../invalid-request.js';
import { requestContext } from '../request-context.js';
import type { SealKey } from './sealed-answer.js';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
/** Visible ASCII, so that two headers, which arrive joined by a comma and a space, are no key. */
const KEY = /^[\x21-\x7e]{1,255}$/;

export interface KeyedRequest {
  readonly tokenId: string;
  readonly key: string;
  /**
   * Of method, path, query and body, whatever the order of its members; and of the credential, for an answer that was
   * sealed by another one cannot be read.
   */
  readonly digest: string;
  readonly seal: SealKey;
}

/** Null where the request has no key. */
export function keyedRequest(request: Request): KeyedRequest | null {
  const key = request.get(IDEMPOTENCY_KEY);
  if (key === undefined) return null;
  if (!KEY.test(key)) throw keyRefused();
  const { actor } = requestContext();
  const credential = bearerCredential(request);
  if (actor === null || credential === undefined) throw new Error('a write with a key has a caller');
  const { method, originalUrl } = request;
  const digest = canonicalDigest([credential, method, originalUrl, (request.body as unknown) ?? null]);
  return { tokenId: actor.id, key, digest, seal: { credential, key } };
}

function keyRefused(): Error {
  return invalidRequest(
    violation(
      'header-invalid',
      IDEMPOTENCY_KEY,
      `${IDEMPOTENCY_KEY} must be 1 to 255 visible ASCII characters, and be given once.`,
      'Send a new UUID with each new request, and the same one with every repetition of it.',
    ),
  );
}
