/**
 * Decides whether a batch takes more from a host than may go without anybody's word: more than half of its VIPs, and
 * more than one, of which no document says by whose change they shall be gone. That is what an empty, truncated or
 * restored database looks like from here; and a host that lets go of its VIPs on the strength of it serves nobody. Pure.
 */
import type { Document } from '../contract/documents.js';

/** How many VIPs would go unapproved, where that is too many; else undefined. */
export function unapprovedMassRelease(
  held: ReadonlyMap<string, Document>,
  changed: readonly Document[],
): number | undefined {
  const unapproved = changed.filter(
    ({ key, body, approval }) => body === null && approval === undefined && held.has(key),
  ).length;
  return unapproved > 1 && 2 * unapproved > held.size ? unapproved : undefined;
}
