/** Secrets that nodes join and speak with: 256 random bits behind a prefix that says what it is; only hashes are stored. */
import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const JOIN_TOKEN_MINUTES = 15;

export interface JoinToken {
  readonly token: string;
  readonly hash: Buffer;
  readonly expiresAt: Date;
}

export function makeJoinToken(now: Date): JoinToken {
  const token = `hwj_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { token, hash: secretHash(token), expiresAt: new Date(now.getTime() + JOIN_TOKEN_MINUTES * 60_000) };
}

export function makeCredential(): { readonly credential: string; readonly hash: Buffer } {
  const credential = `hwn_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { credential, hash: secretHash(credential) };
}

export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
