/** From documents to the elements that have to be there, and to the steps that bring them. Pure. */
import type { Document, ServiceDocument } from '../../../contract/documents.js';
import type { Ground } from '../../ground.js';
import type { ServiceInForce } from '../forwarding-driver.js';
import { elementDifference } from './element-difference.js';
import type { KernelElements } from './kernel-elements.js';
import type { Element } from './layout.js';
import { serviceElements } from './service-elements.js';
import type { TableDigest } from './table-digest.js';
import { TRANSACTION_LIMIT, type Step } from './transactor.js';
import { transactionText } from './transaction-text.js';

/** Key of the step that clears what no document wants; documents have no empty key. */
export const SWEEP = '';

/** Is told all elements of a document, before its step. */
type Noting = Pick<TableDigest, 'note'>;

/** From one document to the next one of the same key. */
export function stepOf(
  { key, body }: Document<ServiceDocument>,
  former: ServiceInForce | undefined,
  ground: Ground,
  table: Noting,
): Step {
  const before = former === undefined ? [] : serviceElements(former.body, ground);
  const after = body === null ? [] : serviceElements(body, ground);
  table.note(key, after);
  return { key, ...elementDifference(before, after) };
}

/** What repairs are judged by. */
export interface Repairs {
  /** What of a document shall be there, of what was read. */
  readonly elementsOf: (body: ServiceDocument) => readonly Element[];
  /** Numbers of services whose elements stay. */
  readonly spared: ReadonlySet<number>;
  readonly table: Noting;
}

export const UNNOTED: Noting = { note: () => undefined };

export function* repairs(
  documents: Iterable<ServiceInForce>,
  kernel: KernelElements,
  { elementsOf, spared, table }: Repairs,
): Iterable<Step> {
  const all = [...documents];
  if (!kernel.isEmpty) {
    const deleted = kernel.unwanted(everyElement(all, elementsOf), spared);
    if (deleted.length > 0) yield { key: SWEEP, deleted, added: [] };
  }
  for (const { key, body } of all) {
    const elements = elementsOf(body);
    table.note(key, elements);
    yield { key, ...kernel.differenceTo(elements) };
  }
}

function* everyElement(
  documents: readonly ServiceInForce[],
  elementsOf: Repairs['elementsOf'],
): Iterable<readonly Element[]> {
  for (const { body } of documents) yield elementsOf(body);
}

/** Of the documents as many as fit in one transaction. */
export function* loadTexts(documents: readonly ServiceInForce[], ground: Ground): Iterable<string> {
  let size = 0;
  for (const { body } of documents) {
    const added = serviceElements(body, ground);
    size += added.length;
    if (size > TRANSACTION_LIMIT) return;
    yield transactionText([{ deleted: [], added }]);
  }
}
