import type { DocumentBody } from './documents.js';

/** A document as it is stored and as a change would make it; null: there is none. `key` as in `Document`. */
export interface DocumentChange<B extends DocumentBody = DocumentBody> {
  readonly key: string;
  readonly before: B | null;
  readonly after: B | null;
}
