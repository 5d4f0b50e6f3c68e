/**
 * Which chains on demand the table has. What the documents need is brought before their elements, which jump there;
 * what they need no more stays until the rules are laid anew, over a restart as well.
 * A chain that the kernel does not take is the fault of the documents that need it, and of no others.
 */
import type { Document, ServiceDocument } from '../../../contract/documents.js';
import { chainsNeeded } from '../../../forwarding/steering.js';
import { isStraightName } from '../../../forwarding/straight-rules.js';
import type { Refusals } from '../forwarding-driver.js';
import { firstMessage } from './first-message.js';
import { isRefusal } from './is-refusal.js';

type Named = Document<ServiceDocument>;

/** The table that has the chains. */
export interface ChainedTable {
  /** Brings these. `all`: with them, what it has then. */
  load(names: readonly string[], all: ReadonlySet<string>): Promise<void>;
  /** Whether the rest of it is as it was left. */
  stands(): Promise<boolean>;
}

export class ChainsInForce {
  private known: ReadonlySet<string> = new Set();

  get names(): ReadonlySet<string> {
    return this.known;
  }

  /** From now on those of these documents. */
  startOver(documents: readonly Named[]): void {
    this.known = new Set(documents.flatMap(({ body }) => chainsNeeded(body)));
  }

  /**
   * From now on what was loaded, also for services that are gone: an unused chain does no harm. But a rule of the short way that
   * nobody of these documents needs is tried for every packet.
   */
  takeOver(loaded: readonly string[], documents: readonly Named[]): void {
    const needed = new Set(documents.flatMap(({ body }) => chainsNeeded(body)));
    this.known = new Set(loaded.filter((name) => needed.has(name) || !isStraightName(name)));
  }

  /** Whether the table has all that the document needs. */
  carry(document: Named): boolean {
    return this.missingOf(document).length === 0;
  }

  /**
   * Brings what these documents need and is not there.
   * @returns which of them cannot have it, by key; `lost`: the kernel has another table than it was left with.
   */
  async bring(documents: readonly Named[], table: ChainedTable): Promise<Refusals | 'lost'> {
    const lacking = documents.filter((each) => !this.carry(each));
    if ((await this.refusalOf(lacking, table)) === undefined) return new Map();
    if (!(await table.stands())) return 'lost';
    const refusals = new Map<string, string>();
    const asked = new Map<string, string | undefined>();
    for (const document of lacking) {
      // Chains of one document lead to each other, and many documents need the same.
      const group = chainsNeeded(document.body).join();
      if (!asked.has(group)) asked.set(group, await this.refusalOf([document], table));
      const refusal = asked.get(group);
      if (refusal !== undefined) refusals.set(document.key, refusal);
    }
    return refusals;
  }

  /** Undefined: they have what they need now. */
  private async refusalOf(documents: readonly Named[], table: ChainedTable): Promise<string | undefined> {
    const missing = documents.flatMap((each) => this.missingOf(each));
    if (missing.length === 0) return undefined;
    const all = new Set([...this.known, ...missing]);
    try {
      await table.load(missing, all);
      this.known = all;
      return undefined;
    } catch (error) {
      if (isRefusal(error)) return firstMessage(error.stderr);
      throw error;
    }
  }

  private missingOf({ body }: Named): readonly string[] {
    return chainsNeeded(body).filter((name) => !this.known.has(name));
  }
}
