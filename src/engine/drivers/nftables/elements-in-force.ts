/**
 * The elements of the documents in force, and the ways in which others come to be: all of them compared with what the kernel
 * holds, what lies within a scope, or what a change of documents makes of it. It knows the documents alone, and works out
 * elements whenever they are needed.
 */
import type { Document, ServiceDocument } from '../../../contract/documents.js';
import { sameGround, type Ground } from '../../../forwarding/ground.js';
import { hasBody, type Applied, type Refusals, type ServiceInForce } from '../forwarding-driver.js';
import type { Scope } from './doubts.js';
import { repairs } from './element-steps.js';
import { elementsWithin } from './elements-within.js';
import { KernelElements, type ElementSources, type SlotReading } from './kernel-elements.js';
import { ReadBack } from './read-back.js';
import { serviceElements } from '../../../forwarding/service-elements.js';
import { TableDigest } from './table-digest.js';
import type { Step } from '../../../forwarding/batches.js';
import { stepOf, UNNOTED } from '../../../forwarding/step-of.js';
import { transact } from './transactor.js';

/** Exactly this shall be in force. */
export interface Wanted {
  readonly documents: readonly ServiceInForce[];
  readonly ground: Ground;
  /** Numbers of services whose elements stay. */
  readonly spared: ReadonlySet<number>;
}

export class ElementsInForce {
  private inForce = new Map<string, ServiceInForce>();
  private readonly table = new TableDigest();
  private standing: Omit<Wanted, 'documents'> | undefined;
  /** The last one; perhaps it is over. */
  private readBack: ReadBack | undefined;

  constructor(private readonly sources: ElementSources) {}

  /** By key. */
  get documents(): ReadonlyMap<string, ServiceInForce> {
    return this.inForce;
  }

  get tableDigest(): string {
    return this.table.text;
  }

  /** What they were made on; undefined before they were brought first. */
  get ground(): Ground | undefined {
    return this.standing?.ground;
  }

  /** Whether all that stays would be made alike now. */
  standsOn({ ground, spared }: Wanted): boolean {
    const { standing } = this;
    if (standing === undefined || !sameGround(standing.ground, ground)) return false;
    return [...standing.spared].join() === [...spared].join();
  }

  openReadBack(): ReadBack | undefined {
    const { standing, sources } = this;
    if (standing === undefined) return undefined;
    return (this.readBack = new ReadBack(sources, () => ({ documents: this.inForce.values(), ...standing })));
  }

  /** All that is wrong will be right soon, and is nothing to be found any more. */
  abandonReadBack(): void {
    this.readBack?.abandon();
  }

  /** Everything, compared with what the kernel holds. @returns what could not be brought, also of the sweep. */
  async bring(wanted: Wanted, slots: SlotReading): Promise<Refusals> {
    return this.repair(wanted, await KernelElements.read(this.sources, wanted.ground.devices, slots), slots);
  }

  /** Everything, into a table that was made just now. @returns the same. */
  bringFirst(wanted: Wanted): Promise<Refusals> {
    return this.repair(wanted, KernelElements.none(), 'none');
  }

  /** What lies within the scope, as the documents in force want it. @returns false: it cannot be done like this. */
  async mend(scope: Scope): Promise<boolean> {
    const { standing, sources } = this;
    if (standing === undefined) return false;
    if (scope.maps.size === 0) return true;
    const { ground, spared } = standing;
    const kernel = await KernelElements.readSome(sources, scope);
    const elementsOf = elementsWithin(scope, ground);
    const steps = repairs(this.inForce.values(), kernel, { elementsOf, spared, table: UNNOTED });
    for await (const { refusal } of transact(sources.nft, steps, { haltWhenLost: true })) {
      if (refusal !== undefined) return false;
    }
    return true;
  }

  /** From what is in force to these, each key once. */
  async change(changes: ReadonlyMap<string, Document<ServiceDocument>>, ground: Ground): Promise<Applied> {
    const refusals = new Map<string, string>();
    const steps = this.steps(changes.values(), ground);
    for await (const each of transact(this.sources.nft, steps, { haltWhenLost: true })) {
      if (each.lost === true) return { refusals, lost: true };
      if (each.refusal === undefined) this.accept(changes.get(each.key));
      else refusals.set(each.key, each.refusal);
    }
    return { refusals, lost: false };
  }

  private async repair(
    { documents, ground, spared }: Wanted,
    kernel: KernelElements,
    slots: SlotReading,
  ): Promise<Refusals> {
    const wanted = new Map(documents.map((document) => [document.key, document]));
    this.inForce = new Map();
    this.table.startOver();
    this.standing = { ground, spared };
    const refused = new Map<string, string>();
    const elementsOf = (body: ServiceDocument) => serviceElements(body, ground);
    const steps = repairs(wanted.values(), kernel, { elementsOf, spared, table: this.table });
    const options = { haltWhenLost: slots !== 'all' };
    for await (const { key, refusal } of transact(this.sources.nft, steps, options)) {
      if (refusal === undefined) this.accept(wanted.get(key));
      else refused.set(key, refusal);
    }
    return refused;
  }

  private *steps(changes: Iterable<Document<ServiceDocument>>, ground: Ground): Iterable<Step> {
    for (const change of changes) {
      const step = stepOf(change, this.inForce.get(change.key)?.body ?? null, ground, this.table);
      this.readBack?.touch(step);
      yield step;
    }
  }

  private accept(change: Document<ServiceDocument> | undefined): void {
    if (change === undefined) return;
    this.table.accept(change.key);
    if (hasBody(change)) this.inForce.set(change.key, change);
    else this.inForce.delete(change.key);
  }
}
