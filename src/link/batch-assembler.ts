/**
 * Puts the parts of a batch together. A batch is taken whole or not at all, so nothing comes out before its last part,
 * and a part that belongs to another batch is an error, never a mixture.
 */
import type { Document } from '../contract/documents.js';
import type { DocumentsMessage } from '../contract/stream.js';
import type { Batch } from './judge-batch.js';

/** The parts cannot be of one batch. */
class PartsDiffer extends Error {}

export class BatchAssembler {
  #first: DocumentsMessage | undefined;
  #documents: Document[] = [];

  /** The whole batch with its last part, else undefined. */
  add(message: DocumentsMessage): Batch | undefined {
    const { format: _format, last, ...batch } = message;
    const first = this.#first ?? message;
    if (first.kind !== message.kind || first.cluster !== message.cluster || first.epoch !== message.epoch) {
      throw new PartsDiffer('a batch began before the one before it was whole');
    }
    this.#first = last ? undefined : first;
    for (const document of message.documents) this.#documents.push(document);
    if (!last) return undefined;
    const documents = this.#documents;
    this.#documents = [];
    return { ...batch, documents };
  }
}
