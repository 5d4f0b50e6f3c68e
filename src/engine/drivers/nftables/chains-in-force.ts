/**
 * Which chains on demand the table has. What the documents need is brought before their elements, which jump there;
 * what they need no more stays until the rules are laid anew.
 */
import { isIpv6 } from '../../../contract/canonical-address.js';
import type { Document, ServiceDocument } from '../../../contract/documents.js';
import { chainsOnDemand } from './steering.js';

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

  /** Of these documents those that are not there. */
  missingFor(documents: readonly Named[]): readonly string[] {
    return documents.flatMap(chainsFor).filter((name) => !this.known.has(name));
  }

  add(names: readonly string[]): void {
    this.known = new Set([...this.known, ...names]);
  }
}

function chainsFor({ body }: Named): readonly string[] {
  return body === null ? [] : chainsOnDemand(body, isIpv6(body.address) ? 6 : 4);
}
