/**
 * The documents that a node was last handed and took, and where in the history they stand: its last known good.
 * Held is not the same as in force: a document may be held and still wait for its turn, or be at fault.
 */
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

  take(head: HeldHead, changed: readonly Document[]): void {
    for (const document of changed) {
      if (document.body === null) this.documents.delete(document.key);
      else this.documents.set(document.key, document);
    }
    this.head = head;
  }
}

/** Two sets with the same fingerprint hold the same documents at the same place in the history. */
export function fingerprint(head: HeldHead | null): string {
  return head === null ? 'nothing' : `${head.cluster}/${head.epoch}/${head.version}/${head.digest}`;
}
