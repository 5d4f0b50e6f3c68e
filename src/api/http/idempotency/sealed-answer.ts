/**
 * Answers are kept sealed: some hold a secret that is stored nowhere else, such as a join token. The key is made from the
 * caller's credential and the idempotency key, and only who asks again has both. Pure, but for the random nonce.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** As it was answered. */
export interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  /** Null: without a body. */
  readonly text: string | null;
}

export interface SealKey {
  readonly credential: string;
  readonly key: string;
}

/** Nonce, tag, and the sealed JSON. */
export function sealAnswer(answer: Answer, by: SealKey): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(by), nonce);
  const sealed = [cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
}

/** Throws where it was sealed by another credential or key, or is not whole. */
export function openAnswer(sealed: Buffer, by: SealKey): Answer {
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, keyOf(by), sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, tagEnd));
  const text = Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]).toString('utf8');
  return JSON.parse(text) as Answer;
}

function keyOf({ credential, key }: SealKey): Buffer {
  return Buffer.from(hkdfSync('sha256', credential, 'homeward kept answer', key, KEY_BYTES));
}
