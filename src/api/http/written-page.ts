import type { Page } from './page.js';

/** A page whose items are JSON texts already, and are answered as they stand. */
export class WrittenPage {
  readonly items: readonly string[];
  readonly nextCursor: string | null;
  readonly total: number | undefined;

  constructor({ items, nextCursor, total }: Page<string>) {
    this.items = items;
    this.nextCursor = nextCursor;
    this.total = total;
  }

  /** As `JSON.stringify` would write it, had its items not been written yet. */
  text(): string {
    const { nextCursor, total } = this;
    return `{"items":[${this.items.join()}],${JSON.stringify({ nextCursor, total }).slice(1)}`;
  }
}
