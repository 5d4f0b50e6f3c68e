/**
 * The name of a plan: what would become of which objects, and nothing else. The same change of the same configuration has
 * the same name, whoever asks, however often, in whatever order, and whatever nodes have reported meanwhile. So who
 * approves a plan by it approves what is done to the configuration; what directors lose by it has a digest of its own
 * (blast-radius.ts). Pure.
 */
import { canonicalDigestOfList } from '../../contract/digest.js';
import type { Breaths } from '../../platform/breaths.js';
import type { AuditEntry } from '../changes/record-revision.js';

/** 64 hex digits. Of all entries, however many of them a plan shows. */
export async function planDigest(entries: readonly AuditEntry[], breaths: Breaths): Promise<string> {
  const inOrder = [...entries].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return canonicalDigestOfList(named(inOrder, breaths));
}

async function* named(entries: readonly AuditEntry[], breaths: Breaths): AsyncIterable<object> {
  for (const { action, objectType, objectId, before, after } of entries) {
    await breaths.take();
    yield {
      action,
      objectType,
      objectId,
      before: withoutTheMoment(before),
      after: withoutTheMoment(after),
    };
  }
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
