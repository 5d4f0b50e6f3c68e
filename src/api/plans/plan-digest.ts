/**
 * The name of a plan: what would become of which objects, and nothing else. The same change of the same configuration has
 * the same name, whoever asks, however often, in whatever order, and whatever nodes have reported meanwhile. So who
 * approves a plan by it approves what is done to the configuration; what directors lose by it has a digest of its own
 * (blast-radius.ts). Pure.
 */
import { canonicalDigest } from '../../contract/digest.js';
import type { AuditEntry } from '../changes/record-revision.js';

/** 64 hex digits. */
export function planDigest(entries: readonly AuditEntry[]): string {
  const named = entries.map(({ action, objectType, objectId, before, after }) => ({
    action,
    objectType,
    objectId,
    before: withoutTheMoment(before),
    after: withoutTheMoment(after),
  }));
  return canonicalDigest(named.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)));
}

function nameOf({ objectType, objectId }: Pick<AuditEntry, 'objectType' | 'objectId'>): string {
  return `${objectType} ${objectId}`;
}

/** An attestation keeps who gave it, when and why; that it is given, and upon which revision, is the change. */
function withoutTheMoment(side: object | null): object | null {
  if (side === null || !('attestation' in side)) return side;
  const { attestation } = side as { readonly attestation: { readonly revision: number } | null };
  return { ...side, attestation: attestation === null ? null : { revision: attestation.revision } };
}
