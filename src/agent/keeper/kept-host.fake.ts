/** A keeper with a host that behaves, a folder for its ledger, and no services to ask. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document, VipDocument } from '../../contract/documents.js';
import type { Fault } from '../../contract/report.js';
import { createLogger } from '../../platform/logger.js';
import { FakeHost } from '../hosts/host-driver.fake.js';
import { FakeWatch } from '../hosts/host-watch.fake.js';
import { Proofs } from '../proofs/proofs.js';
import { VipKeeper } from './vip-keeper.js';

const READINGS = {
  firewall: {
    ruleset: { unreadable: 'nobody reads it' },
    legacy: false,
    strictElsewhere: [],
    interfaces: [],
  },
  forwarding: null,
};
const NEVER_MS = 1_000_000;

export class KeptHost {
  readonly host = new FakeHost();
  readonly watch = new FakeWatch();
  keeper: VipKeeper;

  private constructor(private readonly directory: string) {
    this.keeper = this.#start();
  }

  static async open(): Promise<KeptHost> {
    return new KeptHost(await mkdtemp(join(tmpdir(), 'homeward-kept-')));
  }

  async close(): Promise<void> {
    await this.keeper.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  async restart(): Promise<void> {
    await this.keeper.stop();
    this.keeper = this.#start();
  }

  /** Tells the keeper to hold these VIPs and no others. */
  hold(...addresses: string[]): Promise<readonly Fault[]> {
    return this.keeper.reconcile(new Map(addresses.map((address) => [address, document(address)])));
  }

  /** Hands it a document as a change of its own. */
  put(address: string, version: number): Promise<readonly Fault[]> {
    return this.keeper.apply([{ key: address, before: null, after: document(address, version) }]);
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

  #start(): VipKeeper {
    const logger = createLogger('test', 'silent');
    const proofs = new Proofs(() => Promise.resolve(READINGS), logger);
    const { watch } = this;
    return new VipKeeper(this.host, proofs, this.directory, logger, { pollMs: NEVER_MS, watch });
  }
}

function document(address: string, version = 1): Document<VipDocument> {
  return { key: address, version, revision: 1, body: { kind: 'vip', address, services: [] } };
}
