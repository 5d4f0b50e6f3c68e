/**
 * Takes documents in: from then on their VIPs are wanted and their services are asked. A VIP that nobody may let go, or
 * whose document nobody here understands, stays wanted with what is known of it.
 */
import type { Document, VipDocument } from '../../contract/documents.js';
import type { Besides } from '../../link/node-work.js';
import { strangeVips, vipAlone } from '../plan/strange-vips.js';
import type { Proofs } from '../proofs/proofs.js';
import type { VipLedger } from '../settlement/vip-ledger.js';
import type { ReleaseGate } from './release-gate.js';
import type { WantedVips } from './wanted-vips.js';

export class VipIntake {
  constructor(
    private readonly wanted: WantedVips,
    private readonly proofs: Proofs,
    private readonly gate: ReleaseGate,
  ) {}

  /** Exactly these. @returns the VIPs that were wanted and are no more. */
  async takeAll(
    documents: ReadonlyMap<string, Document<VipDocument>>,
    { strange, released }: Besides,
    ledger: VipLedger,
  ): Promise<readonly string[]> {
    this.gate.begin(released);
    const named = new Set([...documents.keys(), ...strange.map(({ key }) => key)]);
    const leaving = [...ledger.ours, ...ledger.borrowed].filter((key) => !named.has(key));
    const keptBack = await this.gate.keepBack(leaving, ledger);
    const stay = [...strangeVips(strange, ledger), ...[...keptBack].map((key) => vipAlone({ key }))];
    const wanted = new Set([...documents.keys(), ...stay.map(({ key }) => key)]);
    const gone = this.wanted.keys().filter((key) => !wanted.has(key));
    for (const key of gone) this.#want({ key, body: null });
    for (const document of documents.values()) this.#want(document);
    for (const document of stay) this.#keep(document);
    return gone;
  }

  async take(documents: readonly Document<VipDocument>[], ledger: VipLedger): Promise<void> {
    for (const document of documents) this.gate.hear(document);
    const back = new Set(documents.filter(({ body }) => body !== null).map(({ key }) => key));
    const gone = documents.map(({ key }) => key).filter((key) => !back.has(key));
    const leaving = [...this.gate.keptBack, ...gone].filter((key) => !back.has(key));
    const keptBack = await this.gate.keepBack(leaving, ledger);
    for (const document of documents) if (!keptBack.has(document.key)) this.#want(document);
  }

  #want(document: Parameters<WantedVips['take']>[0]): void {
    this.wanted.take(document);
    this.proofs.want(document.key, document.body);
  }

  /** What is known of it already counts for more. */
  #keep(document: Document<VipDocument>): void {
    if (this.wanted.has(document.key)) return;
    this.#want(document);
    this.wanted.forgetServices(document.key);
  }
}
