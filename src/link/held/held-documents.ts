/**
 * The documents that a node was last handed and took, and where in the history they stand: its last known good.
 * Held is not the same as in force: a document may be held and still wait for its turn, or be at fault.
 */
import { isCanonicalAddress } from '../../contract/canonical-address.js';
import { isUnderstood } from '../../contract/decode-documents.js';
import type { Document } from '../../contract/documents.js';
import type { Position } from '../../contract/stream.js';

/** Everything about a set of documents but the documents themselves. */
export interface HeldHead extends Position {
  readonly revision: number;
  readonly seed: number;
  /** Set digest of all documents held. */
  readonly digest: string;
}

/** What was released so many releases ago has long left the host. */
const MOST_RELEASED = 10_000;

export class HeldDocuments {
  /** Null as long as nothing was ever taken. */
  head: HeldHead | null = null;
  /** Documents with a body, by key. */
  readonly documents = new Map<string, Document>();
  /**
   * Of documents that this program does not understand, the last ones of the same keys that it did: a control plane that
   * is newer than its nodes must not take away what they do.
   */
  readonly understood = new Map<string, Document>();

  /** Of objects that shall be gone by an operator's change, the documents that said so. */
  readonly released = new Map<string, Document>();
  /** Of VIPs that went without anybody's word and that nobody has asked for since, the documents that said so. */
  readonly lapsed = new Map<string, Document>();

  take(head: HeldHead, changed: readonly Document[]): void {
    // VIPs of an installation that was left are not counted among those of another.
    if (this.head !== null && this.head.cluster !== head.cluster) this.lapsed.clear();
    for (const document of changed) {
      this.#keepUnderstood(document);
      this.#keepWord(document);
      if (document.body === null) this.documents.delete(document.key);
      else this.documents.set(document.key, document);
    }
    this.head = head;
  }

  /** The documents as they can be used: of one that is not understood the last one that was, where there is one. */
  usable(): Document[] {
    return [...this.documents.values()].map((document) => this.understood.get(document.key) ?? document);
  }

  /** Taken in this order by an empty set, they make this one, with what it knows of former documents. */
  all(): Document[] {
    const gone = [...this.released.values(), ...this.lapsed.values()];
    return [...gone, ...this.understood.values(), ...this.documents.values()];
  }

  #keepWord(document: Document): void {
    const { key, body, approval } = document;
    if (body !== null || approval !== undefined) this.lapsed.delete(key);
    if (body !== null) this.released.delete(key);
    else if (approval !== undefined) this.#release(key, document);
    // Services, whose keys are no addresses, leave directors without a word.
    else if (isCanonicalAddress(key) && !this.released.has(key)) this.lapsed.set(key, document);
  }

  #release(key: string, document: Document): void {
    this.released.set(key, document);
    const [oldest] = this.released.keys();
    if (this.released.size > MOST_RELEASED && oldest !== undefined) this.released.delete(oldest);
  }

  #keepUnderstood({ key, body }: Document): void {
    const before = this.documents.get(key);
    if (body === null || before === undefined || isUnderstood(body)) this.understood.delete(key);
    else if (isUnderstood(before.body)) this.understood.set(key, before);
  }
}

/** Two sets with the same fingerprint hold the same documents at the same place in the history. */
export function fingerprint(head: HeldHead | null): string {
  return head === null ? 'nothing' : `${head.cluster}/${head.epoch}/${head.version}/${head.digest}`;
}
