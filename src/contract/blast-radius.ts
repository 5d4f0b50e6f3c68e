/**
 * How much one difference between what directors forward and what they shall forward may take away before somebody must
 * have approved that very difference. API and engine decide by the same measure, and name a difference by the same
 * digest. Pure.
 */
import { isUnderstood } from './decode-documents.js';
import { canonicalDigest, documentDigest } from './digest.js';
import type { Document, DocumentBody } from './documents.js';

/** So many services may always go; of more than four times as many, a quarter. */
const ALWAYS = 10;
const SHARE = 1 / 4;

/** @param of how many services there were before any of the lost ones went. */
export function isLargeLoss(lost: number, of: number): boolean {
  return lost > Math.max(ALWAYS, of * SHARE);
}

/** Whether new flows of the service reach somebody by this document. One that is not understood is thought to. */
export function forwards(body: DocumentBody | null): boolean {
  if (body === null) return false;
  if (!isUnderstood(body)) return true;
  return body.kind === 'service' && body.servers.some(({ weight }) => weight > 0);
}

/** Whether a director finds a real server healthy, by its number; null where it does not know. */
export type HealthOf = (server: number) => boolean | null;

/** Numbers of the servers that new flows go to; none where the document is not understood. */
export function takersOf(body: DocumentBody | null): readonly number[] {
  if (body?.kind !== 'service' || !isUnderstood(body)) return [];
  return body.servers.filter(({ weight }) => weight > 0).map(({ number }) => number);
}

/** Of the servers that new flows go to one is found healthy before, and after it each one dead. */
export function losesLastHealthy(
  before: readonly number[],
  after: readonly number[],
  healthOf: HealthOf,
): boolean {
  const isServed = before.some((server) => healthOf(server) === true);
  return isServed && after.every((server) => healthOf(server) === false);
}

/** A document that is lost, or whose servers are: what it was and what it shall be, by digest; null for none. */
export interface Loss {
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
}

export function lossOf(before: Document, after: Document): Loss {
  return { key: after.key, from: digestOf(before), to: digestOf(after) };
}

/** The name of exactly this difference, in whatever order its losses are given: 64 hex digits. */
export function differenceDigest(losses: readonly Loss[]): string {
  return canonicalDigest(losses.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
}

function digestOf({ key, body }: Document): string | null {
  return body === null ? null : documentDigest(key, body);
}
