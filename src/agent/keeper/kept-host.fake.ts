/** A keeper with a host that behaves, a folder for its ledger, and no services to ask. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document, VipDocument } from '../../contract/documents.js';
import type { Fault } from '../../contract/report.js';
import { createLogger } from '../../platform/logger.js';
import { FakeHost } from '../hosts/host-driver.fake.js';
import { FakeWatch } from '../../platform/host-watch.fake.js';
import { Proofs } from '../proofs/proofs.js';
import { VipKeeper } from './vip-keeper.js';

const UNREAD = { status: 'Unknown', reason: 'NotReadable', message: 'nobody reads it' } as const;
const READINGS = {
  firewall: () => UNREAD,
  forwarding: null,
};
const NEVER_MS = 1_000_000;
const SEED = 7;
/** Version and revision of what is gone. */
const GONE_AT = 9;

export class KeptHost {
  readonly host = new FakeHost();
  readonly watch = new FakeWatch();
  readonly logger = createLogger('test', 'silent');
  keeper: VipKeeper;
  readonly #asked = new Set<string>();

  private constructor(readonly stateDir: string) {
    this.keeper = this.#start(NEVER_MS);
  }

  static async open(): Promise<KeptHost> {
    return new KeptHost(await mkdtemp(join(tmpdir(), 'homeward-kept-')));
  }

  async close(): Promise<void> {
    await this.keeper.stop();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  async restart(pollMs = NEVER_MS): Promise<void> {
    await this.keeper.stop();
    this.keeper = this.#start(pollMs);
  }

  /** Tells the keeper to hold these VIPs and no others, which go by changes of operators. */
  hold(...addresses: string[]): Promise<readonly Fault[]> {
    for (const address of addresses) this.#asked.add(address);
    const released = new Set([...this.#asked].filter((address) => !addresses.includes(address)));
    const besides = { strange: [], released };
    return this.keeper.reconcile(documentsOf(addresses), SEED, besides);
  }

  /** The same, where nobody says why the others are listed no more. */
  list(...addresses: string[]): Promise<readonly Fault[]> {
    return this.keeper.reconcile(documentsOf(addresses));
  }

  /** Hands it a document as a change of its own. */
  put(address: string, version = 1): Promise<readonly Fault[]> {
    return this.keeper.apply([{ key: address, before: null, after: documentOf(address, version) }]);
  }

  /** In one change of the operators'. */
  drop(...addresses: string[]): Promise<readonly Fault[]> {
    return this.#end(addresses, { approval: GONE_AT });
  }

  /** In one batch, and nobody says by whose change. */
  lose(...addresses: string[]): Promise<readonly Fault[]> {
    return this.#end(addresses, {});
  }

  async fact(address: string) {
    const { vips } = await this.keeper.describe(true);
    return vips.find((vip) => vip.address === address);
  }

  async condition(name: string) {
    const { conditions } = await this.keeper.describe(true);
    return conditions.find(({ type }) => type === name);
  }

  async drift() {
    return (await this.keeper.describe(false)).drift;
  }

  #end(addresses: readonly string[], word: Pick<Document, 'approval'>): Promise<readonly Fault[]> {
    const changes = addresses.map((key) => {
      const after = { key, version: GONE_AT, revision: GONE_AT, body: null, ...word };
      return { key, before: documentOf(key), after };
    });
    return this.keeper.apply(changes);
  }

  #start(pollMs: number): VipKeeper {
    // No document of these has a service, so that nothing is asked.
    const proofs = new Proofs(() => Promise.resolve(READINGS), this.logger);
    const { watch } = this;
    return new VipKeeper(this.host, proofs, this.stateDir, this.logger, { pollMs, watch });
  }
}

export function documentOf(address: string, version = 1): Document<VipDocument> {
  return { key: address, version, revision: 1, body: { kind: 'vip', address, services: [] } };
}

function documentsOf(addresses: readonly string[]): ReadonlyMap<string, Document<VipDocument>> {
  return new Map(addresses.map((address) => [address, documentOf(address)]));
}
