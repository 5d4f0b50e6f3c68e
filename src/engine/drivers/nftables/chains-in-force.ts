/**
 * Which chains on demand the table has. What the documents need is brought before their elements, which jump there;
 * what they need no more stays until the rules are laid anew, over a restart as well.
 */
import type { Document, ServiceDocument } from '../../../contract/documents.js';
import { isRefusal } from './is-refusal.js';
import { chainsNeeded } from '../../../forwarding/steering.js';
import { isStraightName } from '../../../forwarding/straight-rules.js';

type Named = Document<ServiceDocument>;

export class ChainsInForce {
  private known: ReadonlySet<string> = new Set();

  get names(): ReadonlySet<string> {
    return this.known;
  }

  /** From now on those of these documents. */
  startOver(documents: readonly Named[]): void {
    this.known = new Set(documents.flatMap(chainsFor));
  }

  /**
   * From now on what was loaded, also for services that are gone: an unused chain does no harm. But a rule of the short way that
   * nobody of these documents needs is tried for every packet.
   */
  takeOver(loaded: readonly string[], documents: readonly Named[]): void {
    const needed = new Set(documents.flatMap(chainsFor));
    this.known = new Set(loaded.filter((name) => needed.has(name) || !isStraightName(name)));
  }

  /** Brings what these documents need and is not there. @returns false: the kernel lost the table. */
  async bring(
    documents: readonly Named[],
    load: (names: readonly string[]) => Promise<void>,
  ): Promise<boolean> {
    const missing = documents.flatMap(chainsFor).filter((name) => !this.known.has(name));
    if (missing.length === 0) return true;
    this.known = new Set([...this.known, ...missing]);
    try {
      await load(missing);
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }
}

function chainsFor({ body }: Named): readonly string[] {
  return chainsNeeded(body);
}
