/**
 * The documents that a node was last handed and took, and where in the history they stand: its last known good.
 * Held is not the same as in force: a document may be held and still wait for its turn, or be at fault.
 */
import { differenceDigest, forwards, lossOf } from '../../contract/blast-radius.js';
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

/** A document that was taken, but for the change that it asks for: what it was before stays in force. */
export interface HeldDocument extends Document {
  readonly refused?: true;
}

/** A change that is held back. */
export interface Refused {
  /** In force meanwhile. */
  readonly kept: Document;
  /** Not put in force. */
  readonly document: HeldDocument;
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
  /** Changes that are held back, by key. */
  readonly refused = new Map<string, Refused>();

  /** Of objects that shall be gone by an operator's change, the documents that said so. */
  readonly released = new Map<string, Document>();
  /** Of what went without anybody's word and what nobody has asked for since, the documents that said so. */
  readonly lapsed = new Map<string, Document>();

  /** Made when it is asked for, and kept while the same is held back: thousands of documents may go into it. */
  #heldBackDigest: string | undefined;

  take(head: HeldHead, changed: readonly HeldDocument[]): void {
    // What is of an installation that was left is not counted with what is of another.
    if (this.head !== null && this.head.cluster !== head.cluster) this.lapsed.clear();
    for (const document of changed) {
      const kept = document.refused === true ? this.standing(document.key) : undefined;
      if (kept === undefined) this.#accept(document);
      else this.#holdBack(document, kept);
      if (document.body === null) this.documents.delete(document.key);
      else this.documents.set(document.key, document);
    }
    this.head = head;
  }

  /** The name of the difference that is held back now. */
  get heldBackDigest(): string {
    this.#heldBackDigest ??= differenceDigest(
      [...this.refused.values()].map(({ kept, document }) => lossOf(kept, document)),
    );
    return this.#heldBackDigest;
  }

  #accept(document: Document): void {
    this.#keepUnderstood(document);
    this.#keepWord(document);
    if (this.refused.delete(document.key)) this.#heldBackDigest = undefined;
  }

  #holdBack(document: Document, kept: Document): void {
    this.understood.delete(document.key);
    this.refused.set(document.key, { kept, document });
    this.#heldBackDigest = undefined;
  }

  /** What shall be in force of a key: of one whose change is held back, what it was before. */
  wanted(key: string): Document | undefined {
    return this.refused.get(key)?.kept ?? this.documents.get(key);
  }

  /** What shall be in force of a key, as far as this program understands it. */
  standing(key: string): Document | undefined {
    return this.refused.get(key)?.kept ?? this.understood.get(key) ?? this.documents.get(key);
  }

  wantedDocuments(): Document[] {
    const standing = [...this.documents.values()].filter(({ key }) => !this.refused.has(key));
    return [...standing, ...[...this.refused.values()].map(({ kept }) => kept)];
  }

  /** The documents as they can be used: of one that is not understood the last one that was, where there is one. */
  usable(): Document[] {
    return this.wantedDocuments().map((document) => this.understood.get(document.key) ?? document);
  }

  /** Taken in this order by an empty set, they make this one, with what it knows of former documents. */
  all(): HeldDocument[] {
    const gone = [...this.released.values(), ...this.lapsed.values()];
    const standing = [...this.documents.values()].filter(({ key }) => !this.refused.has(key));
    const heldBack = [...this.refused.values()].flatMap(({ kept, document }) => [kept, document]);
    return [...gone, ...this.understood.values(), ...standing, ...heldBack];
  }

  #keepWord(document: Document): void {
    const { key, body, approval } = document;
    if (body !== null || approval !== undefined) this.lapsed.delete(key);
    if (body !== null) this.released.delete(key);
    else if (approval !== undefined) this.#release(key, document);
    else if (!this.released.has(key) && !reachedNobody(this.standing(key))) this.lapsed.set(key, document);
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

/** A director's service that is lost without any loss. */
function reachedNobody(before: Document | undefined): boolean {
  return before?.body?.kind === 'service' && !forwards(before.body);
}

/** Two sets with the same fingerprint hold the same documents at the same place in the history. */
export function fingerprint(head: HeldHead | null): string {
  return head === null ? 'nothing' : `${head.cluster}/${head.epoch}/${head.version}/${head.digest}`;
}
