/**
 * The rules of the table, with the chains that documents ask for, brought from whatever is there. Chains that nft
 * does not take are left out, with the documents that need them; all others have theirs.
 * It must never give up a table that can be brought over: with the table go flows.
 */
import type { Document, ServiceDocument } from '../../../contract/documents.js';
import type { FlowTimeouts } from '../../../forwarding/flow-timeouts.js';
import type { Ground } from '../../../forwarding/ground.js';
import type { RulesetOptions } from '../../../forwarding/ruleset-text.js';
import type { Logger } from '../../../platform/logger.js';
import type { Refusals, ServiceInForce } from '../forwarding-driver.js';
import { ChainsInForce } from './chains-in-force.js';
import { loadTexts } from './element-steps.js';
import { FixedPart } from './fixed-part.js';
import { isRefusal } from './is-refusal.js';
import type { Nft } from './nft.js';

export interface TableRulesOptions {
  readonly nft: Nft;
  readonly stateDir: string;
  readonly logger: Logger;
  readonly timeouts: FlowTimeouts;
}

export interface BroughtRules {
  /** Which documents cannot have the chains that they need, by key. */
  readonly refusals: Refusals;
  /** There was no table: no map has any element. */
  readonly isNew: boolean;
}

export class TableRules {
  private readonly fixedPart: FixedPart;
  private readonly chains = new ChainsInForce();

  constructor(private readonly options: TableRulesOptions) {
    this.fixedPart = new FixedPart(options.nft, options.stateDir);
  }

  /** Whether rules and declarations are as they were left. */
  isIntact(ground: Ground): Promise<boolean> {
    return this.fixedPart.inForce(this.ruleset(ground));
  }

  /** As they were left, over what is there. */
  async mend(ground: Ground): Promise<void> {
    await this.fixedPart.bring(this.ruleset(ground));
  }

  /** Whether there are all chains that the document needs. */
  carry(document: Document<ServiceDocument>): boolean {
    return this.chains.carry(document);
  }

  /** What these documents need beside all that is there. `lost`: there is another table than was left. */
  bringFor(documents: readonly Document<ServiceDocument>[], ground: Ground): Promise<Refusals | 'lost'> {
    return this.chains.bring(documents, {
      load: (names, all) => this.fixedPart.addChains(names, { ...this.ruleset(ground), onDemand: all }),
      stands: () => this.isIntact(ground),
    });
  }

  /** All of them. @param former what is in force, and may stay so. */
  async bring(
    documents: readonly ServiceInForce[],
    former: readonly ServiceInForce[],
    ground: Ground,
  ): Promise<BroughtRules> {
    const needing = [...documents, ...former];
    this.chains.takeOver(await this.fixedPart.loadedOnDemand(), needing);
    if (await this.isIntact(ground)) {
      const refusals = await this.bringFor(documents, ground);
      if (refusals !== 'lost') return { refusals, isNew: false };
    }
    const found = await this.layWithChains(needing, documents, ground);
    if (found !== undefined) return { refusals: new Map(), isNew: !found };
    // Perhaps it is one of the chains on demand: without any, and then as many of them as the kernel takes.
    this.chains.startOver([]);
    await this.lay(documents, ground);
    await this.bringFor(former, ground);
    const refusals = await this.bringFor(documents, ground);
    if (refusals === 'lost') throw new Error('somebody changed the rules while they were brought');
    return { refusals, isNew: false };
  }

  /** @returns as `lay`; undefined: the kernel does not take them. */
  private async layWithChains(
    needing: readonly ServiceInForce[],
    documents: readonly ServiceInForce[],
    ground: Ground,
  ): Promise<boolean | undefined> {
    this.chains.startOver(needing);
    try {
      return await this.lay(documents, ground);
    } catch (error) {
      if (isRefusal(error) && this.chains.names.size > 0) return undefined;
      throw error;
    }
  }

  /**
   * The table with the first transaction's worth of services, should it have to be replaced, so that most tables are never
   * without; the rest follows as elements do. One transaction for all would take a gigabyte of memory in nft for ten
   * thousand services. @returns false: there was none.
   */
  private lay(documents: readonly ServiceInForce[], ground: Ground): Promise<boolean> {
    const { logger } = this.options;
    logger.info({ devices: ground.devices }, 'loading the rules');
    return this.fixedPart.bringOrReplace(
      this.ruleset(ground),
      () => loadTexts(documents, ground),
      (error) => logger.warn({ error }, 'the table in the kernel cannot be brought over, replacing it'),
    );
  }

  private ruleset({ seed, devices }: Ground): RulesetOptions {
    return { seed, devices, timeouts: this.options.timeouts, onDemand: this.chains.names };
  }
}
