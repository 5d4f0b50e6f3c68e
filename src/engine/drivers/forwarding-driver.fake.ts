/** A data plane that is a map. A test can make it refuse keys, or not tell its version. */
import { NFTABLES_CAPABILITIES } from '../../contract/capabilities.js';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import type { TrafficQuestion, TrafficTold } from '../../contract/questions.js';
import { NotAnswered } from '../../link/not-answered.js';
import type { Ground } from '../../forwarding/ground.js';
import {
  hasBody,
  type Applied,
  type ForwardingDriver,
  type Reconciled,
  type ServiceInForce,
  type ServiceTotals,
  type Touched,
} from './forwarding-driver.js';

export class FakeForwardingDriver implements ForwardingDriver {
  readonly name = 'fake';
  readonly capabilities = NFTABLES_CAPABILITIES;
  readonly inForce = new Map<string, ServiceInForce>();
  readonly tableDigest = '0'.repeat(16);
  readonly refusing = new Set<string>();
  reconciled = 0;
  /** Numbers of services that the last reconcile was to leave alone. */
  spared: readonly number[] = [];
  mute = false;
  /** Numbers of servers that an earlier engine has left in the kernel. */
  left: readonly number[] = [];
  intact = true;
  /** How often it was told to take nothing for granted. */
  suspectedAll = 0;
  /** Maps that a read-back finds to hold something else. */
  deviating: readonly string[] = [];

  version(): Promise<string> {
    return this.mute ? Promise.reject(new Error('the test said so')) : Promise.resolve('1.0');
  }

  forwardedServers(): Promise<ReadonlySet<number>> {
    return Promise.resolve(new Set(this.left));
  }

  reconcile(
    documents: readonly ServiceInForce[],
    _ground: Ground,
    spared: ReadonlySet<number>,
  ): Promise<Reconciled> {
    this.reconciled++;
    this.spared = [...spared];
    this.inForce.clear();
    return Promise.resolve({ refusals: this.put(documents), leftover: undefined });
  }

  apply(changes: readonly Document<ServiceDocument>[]): Promise<Applied> {
    return Promise.resolve({ refusals: this.put(changes), lost: false });
  }

  answer({ kind, service }: TrafficQuestion): Promise<TrafficTold> {
    if (!this.inForce.has(service)) return Promise.reject(NotAnswered.notInForce());
    return Promise.reject(new Error(`no packets come here, nothing is known of ${kind}`));
  }

  openReadBack() {
    return { deviatingMaps: () => Promise.resolve(this.deviating) };
  }

  isIntact(): Promise<boolean> {
    return Promise.resolve(this.intact);
  }

  suspect({ maps }: Touched): readonly string[] {
    return [...maps];
  }

  suspectAll(): void {
    this.suspectedAll++;
  }

  totals(): Promise<ServiceTotals> {
    return Promise.resolve({ byNumber: new Map() });
  }

  private put(documents: readonly Document<ServiceDocument>[]): Map<string, string> {
    const refused = documents.filter(({ key }) => this.refusing.has(key));
    for (const document of documents.filter((each) => !refused.includes(each))) {
      if (hasBody(document)) this.inForce.set(document.key, document);
      else this.inForce.delete(document.key);
    }
    return new Map(refused.map(({ key }) => [key, 'the test said so']));
  }
}
