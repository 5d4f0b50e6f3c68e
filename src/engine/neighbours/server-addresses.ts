/** The addresses of all real servers in the documents, each once, in proportion to what changes. */
import type { Document, ServiceDocument } from '../../contract/documents.js';

export interface Difference {
  readonly come: readonly string[];
  readonly gone: readonly string[];
}

export class ServerAddresses {
  /** By the key of the document. */
  private readonly named = new Map<string, readonly string[]>();
  /** In how many documents each is. */
  private readonly counts = new Map<string, number>();

  /** These documents and no others. */
  only(documents: ReadonlyMap<string, Document<ServiceDocument>>): Difference {
    const others = [...this.named.keys()].filter((key) => !documents.has(key));
    return this.change([...documents.values(), ...others.map((key) => ({ key, body: null }))]);
  }

  change(documents: readonly Pick<Document<ServiceDocument>, 'key' | 'body'>[]): Difference {
    const before = new Map<string, number>();
    for (const { key, body } of documents) {
      const now = [...new Set((body?.servers ?? []).map(({ address }) => address))];
      for (const address of this.named.get(key) ?? []) this.count(address, -1, before);
      for (const address of now) this.count(address, 1, before);
      if (now.length > 0) this.named.set(key, now);
      else this.named.delete(key);
    }
    const touched = [...before];
    return {
      come: touched.flatMap(([address, count]) => (count === 0 && this.counts.has(address) ? [address] : [])),
      gone: touched.flatMap(([address, count]) => (count > 0 && !this.counts.has(address) ? [address] : [])),
    };
  }

  private count(address: string, by: number, before: Map<string, number>): void {
    const count = this.counts.get(address) ?? 0;
    if (!before.has(address)) before.set(address, count);
    if (count + by === 0) this.counts.delete(address);
    else this.counts.set(address, count + by);
  }
}
