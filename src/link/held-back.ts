/** Puts into words, for the report, which changes this director holds back, and how to approve them. Pure. */
import type { Document } from '../contract/documents.js';
import type { Fault } from '../contract/report.js';
import { someOf } from '../platform/some-of.js';
import type { HeldDocuments } from './held/held-documents.js';

const CHANGE_REFUSED = 'ChangeRefused';

/** The reason and message of a condition; null where nothing is held back. */
export function heldBack(held: HeldDocuments): { readonly reason: string; readonly message: string } | null {
  if (held.refused.size === 0) return null;
  const services = [...held.refused.values()].map(({ kept }) => nameOf(kept.body) ?? kept.key);
  const message =
    `By what the control plane says, ${held.refused.size} services would be gone or reach nobody, and no operator's change is known by which they shall; was the database emptied, or an older one restored? ` +
    `They are forwarded as before: ${someOf(services)}. All else is in force. Restore the data, and nothing is held back. Where they shall go all the same, run \`${approveCommand(held)}\` on this director: within seconds it takes exactly this difference.`;
  return { reason: CHANGE_REFUSED, message };
}

/** In place of what else is found about these documents. `found`: faults of the documents that are in force. */
export function withHeldBack(held: HeldDocuments, found: readonly Fault[]): readonly Fault[] {
  if (held.refused.size === 0) return found;
  const byKey = new Map(found.map((fault) => [fault.key, fault]));
  const command = approveCommand(held);
  for (const [key, { kept, document }] of held.refused) {
    const { versionInForce } = byKey.get(key) ?? { versionInForce: kept.version };
    const what = document.body === null ? 'be gone' : 'reach nobody';
    const message = `The service would ${what} by no operator's change, and goes on as before. To let it: \`${command}\` on this director.`;
    byKey.set(key, { key, versionInForce, reason: CHANGE_REFUSED, message });
  }
  return [...byKey.values()];
}

function approveCommand(held: HeldDocuments): string {
  return `homeward engine approve ${held.heldBackDigest}`;
}

function nameOf(body: Document['body']): string | undefined {
  if (body?.kind !== 'service') return undefined;
  return `${body.address} ${body.protocol} ${body.port}`;
}
