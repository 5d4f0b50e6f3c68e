import { entityTag } from './etag.js';
import type { Page } from './page.js';

/** An object as the JSON text that it is in an answer, with the digest of that. */
export interface WrittenItem {
  readonly text: string;
  readonly digest: string;
}

/** A page whose items are JSON texts already, and are answered as they stand. Several requests may answer with one. */
export class WrittenPage {
  readonly nextCursor: string | null;
  /** As `JSON.stringify` would write it, had its items not been written yet. */
  readonly text: string;
  readonly entityTag: string;

  constructor({ items, nextCursor, total }: Page<WrittenItem>) {
    const rest = JSON.stringify({ nextCursor, total });
    this.nextCursor = nextCursor;
    this.text = `{"items":[${items.map(({ text }) => text).join()}],${rest.slice(1)}`;
    // A page has 300 kB, and each digest of it was made when its item was written.
    this.entityTag = entityTag(items.map(({ digest }) => digest).join() + rest, undefined);
  }
}
