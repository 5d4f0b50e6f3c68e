/**
 * A document that was never understood still names its VIP by its key. Where the agent holds that VIP, it goes on holding
 * it, for nobody said that it shall go; it is not taken where it is not held. Pure.
 */
import type { Document, VipDocument } from '../../contract/documents.js';

/** What the agent's ledger knows. */
interface Held {
  readonly ours: ReadonlySet<string>;
  readonly borrowed: ReadonlySet<string>;
}

export function strangeVips(strange: readonly Document[], { ours, borrowed }: Held): Document<VipDocument>[] {
  return strange.filter(({ key }) => ours.has(key) || borrowed.has(key)).map(vipAlone);
}

/** The VIP alone, of which nobody knows what it is for. */
export function vipAlone({
  key,
  version = 0,
  revision = 0,
}: Pick<Document, 'key'> & Partial<Document>): Document<VipDocument> {
  return { key, version, revision, body: { kind: 'vip', address: key, services: [] } };
}
