/**
 * The documents that a node was last handed and took, and where in the history they stand: its last known good.
 * Held is not the same as in force: a document may be held and still wait for its turn, or be at fault.
 */
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

  take(head: HeldHead, changed: readonly Document[]): void {
    for (const document of changed) {
      this.#keepUnderstood(document);
      this.#keepReleased(document);
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
    return [...this.released.values(), ...this.understood.values(), ...this.documents.values()];
  }

  #keepReleased(document: Document): void {
    if (document.body !== null) this.released.delete(document.key);
    else if (document.approval !== undefined) this.released.set(document.key, document);
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
