/**
 * The data plane in the Linux kernel's nf_tables. It decides which elements change, and changes no others: one
 * transaction for a batch of changes, whatever else is in the table. A document's own elements are worked out from
 * the document whenever they are needed, so nothing here grows with the table but the documents themselves.
 * It must never disturb what is right already: a restart finds its table and sends nothing.
 */
import { NFTABLES_CAPABILITIES } from '../../../contract/capabilities.js';
import type { Document, ServiceDocument } from '../../../contract/documents.js';
import { CommandFailed, type CommandRunner } from '../../../platform/command-runner.js';
import type { Logger } from '../../../platform/logger.js';
import type { Ground } from '../../ground.js';
import { hasBody, type ForwardingDriver, type Refusals, type ServiceInForce } from '../forwarding-driver.js';
import { elementDifference } from './element-difference.js';
import { FixedPart } from './fixed-part.js';
import { KernelElements } from './kernel-elements.js';
import { KERNEL_FILLED_MAPS, TABLE, type Element } from './layout.js';
import { Nft } from './nft.js';
import { serviceElements } from './service-elements.js';
import { transact, type Step } from './transactor.js';
import { transactionText } from './transaction-text.js';

/** ENOENT: table, chain or element is not there. No document can bring this about, only somebody's hand. */
const LOST = 'No such file or directory';

/** Key of the step that clears what no document wants; documents have no empty key. */
const SWEEP = '';

export interface NftablesOptions {
  readonly commands: CommandRunner;
  readonly stateDir: string;
  readonly logger: Logger;
}

export class NftablesDriver implements ForwardingDriver {
  readonly name = 'nftables';
  readonly capabilities = NFTABLES_CAPABILITIES;

  private readonly nft: Nft;
  private readonly fixedPart: FixedPart;
  private readonly logger: Logger;
  private documents = new Map<string, ServiceInForce>();
  private ground: Ground | undefined;

  constructor({ commands, stateDir, logger }: NftablesOptions) {
    this.nft = new Nft(commands);
    this.fixedPart = new FixedPart(this.nft, stateDir);
    this.logger = logger;
  }

  get inForce(): ReadonlyMap<string, ServiceInForce> {
    return this.documents;
  }

  version(): Promise<string> {
    return this.nft.version();
  }

  async reconcile(documents: readonly ServiceInForce[], ground: Ground): Promise<Refusals> {
    if (!(await this.fixedPart.inForce(ground))) await this.bringFixedPart(documents, ground);
    const first = await this.bringElements(documents, ground, { thorough: false });
    if (first.size === 0) return first;
    // Perhaps the kernel holds other slots than the digests say.
    const refused = await this.bringElements(documents, ground, { thorough: true });
    if (refused.size === 0) return refused;
    // What an earlier version of a refused document left behind must not half-work.
    const rest = documents.filter(({ key }) => !refused.has(key));
    return new Map([...refused, ...(await this.bringElements(rest, ground, { thorough: true }))]);
  }

  async apply(changes: readonly Document<ServiceDocument>[]): Promise<Refusals> {
    const { ground } = this;
    if (ground === undefined) throw new Error('nothing can be applied before the first reconcile');
    // What goes makes room for what comes, also where a batch is tried in halves.
    const ordered = [...changes].sort((a, b) => Number(a.body !== null) - Number(b.body !== null));
    const next = new Map(ordered.map((change) => [change.key, change]));
    const refused = new Map<string, string>();
    for await (const { key, refusal } of transact(this.nft, this.steps(next.values(), ground))) {
      if (refusal === undefined) this.accept(next.get(key));
      else refused.set(key, refusal);
    }
    if ([...refused.values()].some((refusal) => refusal.includes(LOST))) {
      this.logger.warn(
        { refused: [...refused.keys()] },
        'the kernel lost what we put there, bringing all of it',
      );
      return this.reconcile(this.withChanges(changes), ground);
    }
    if (this.documents.size === 0) await this.forgetFlows();
    return refused;
  }

  private withChanges(changes: readonly Document<ServiceDocument>[]): readonly ServiceInForce[] {
    const changed = new Set(changes.map(({ key }) => key));
    const others = [...this.documents.values()].filter(({ key }) => !changed.has(key));
    return [...others, ...changes.flatMap((change) => (hasBody(change) ? [change] : []))];
  }

  private *steps(changes: Iterable<Document<ServiceDocument>>, ground: Ground): Iterable<Step> {
    for (const { key, body } of changes) {
      const before = elementsOf(this.documents.get(key)?.body, ground);
      yield { key, ...elementDifference(before, elementsOf(body, ground)) };
    }
  }

  private accept(change: Document<ServiceDocument> | undefined): void {
    if (change === undefined) return;
    if (hasBody(change)) this.documents.set(change.key, change);
    else this.documents.delete(change.key);
  }

  private async bringFixedPart(documents: readonly ServiceInForce[], ground: Ground): Promise<void> {
    this.logger.info({ devices: ground.devices }, 'loading the rules');
    try {
      await this.fixedPart.bring(ground);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      this.logger.warn(
        { error: error.message },
        'the table in the kernel cannot be brought over, replacing it',
      );
      await this.replace(documents, ground);
    }
  }

  private async replace(documents: readonly ServiceInForce[], ground: Ground): Promise<void> {
    try {
      await this.fixedPart.replace(ground, loadTexts(documents, ground));
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      // One of the documents cannot be loaded; which one shows when they are brought one by one.
      await this.fixedPart.replace(ground, []);
    }
  }

  private async bringElements(
    documents: readonly ServiceInForce[],
    ground: Ground,
    { thorough }: { readonly thorough: boolean },
  ): Promise<Refusals> {
    const kernel = await KernelElements.read(this.nft, ground.devices, thorough);
    const wanted = new Map(documents.map((document) => [document.key, document]));
    this.documents = new Map();
    this.ground = ground;
    const refused = new Map<string, string>();
    for await (const { key, refusal } of transact(this.nft, repairs(wanted.values(), ground, kernel))) {
      if (refusal === undefined) this.accept(wanted.get(key));
      else refused.set(key, refusal);
    }
    return refused;
  }

  /** After the last service nothing shall be left; entries would only wait for their time. */
  private async forgetFlows(): Promise<void> {
    await this.nft.load(KERNEL_FILLED_MAPS.map((map) => `flush map ${TABLE} ${map}\n`).join(''));
  }
}

function elementsOf(body: ServiceDocument | null | undefined, ground: Ground): readonly Element[] {
  return body === null || body === undefined ? [] : serviceElements(body, ground);
}

function* repairs(
  documents: Iterable<ServiceInForce>,
  ground: Ground,
  kernel: KernelElements,
): Iterable<Step> {
  const all = [...documents];
  if (!kernel.isEmpty) {
    const deleted = kernel.unwanted(everyElement(all, ground));
    if (deleted.length > 0) yield { key: SWEEP, deleted, added: [] };
  }
  for (const { key, body } of all) yield { key, ...kernel.differenceTo(serviceElements(body, ground)) };
}

function* everyElement(documents: readonly ServiceInForce[], ground: Ground): Iterable<readonly Element[]> {
  for (const { body } of documents) yield serviceElements(body, ground);
}

function* loadTexts(documents: readonly ServiceInForce[], ground: Ground): Iterable<string> {
  for (const added of everyElement(documents, ground)) yield transactionText([{ deleted: [], added }]);
}
