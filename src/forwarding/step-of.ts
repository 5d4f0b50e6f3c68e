/** From one document to the next one of the same key, as the elements that come and go. Pure. */
import type { Document, ServiceDocument } from '../contract/documents.js';
import type { Step } from './batches.js';
import { elementDifference } from './element-difference.js';
import type { Ground } from './ground.js';
import type { Element } from './layout.js';
import { serviceElements } from './service-elements.js';

/** Is told all elements of a document, before its step. */
export interface Noting {
  note(key: string, elements: readonly Element[]): void;
}

export const UNNOTED: Noting = { note: () => undefined };

export function stepOf(
  { key, body }: Pick<Document<ServiceDocument>, 'key' | 'body'>,
  former: ServiceDocument | null,
  ground: Ground,
  table: Noting,
): Step {
  const before = former === null ? [] : serviceElements(former, ground);
  const after = body === null ? [] : serviceElements(body, ground);
  table.note(key, after);
  return { key, ...elementDifference(before, after) };
}

/** What goes makes room for what comes, also in transactions of bounded size. */
export function inOrder<D extends Pick<Document, 'body'>>(changes: readonly D[]): readonly D[] {
  return [...changes].sort((a, b) => Number(a.body !== null) - Number(b.body !== null));
}
