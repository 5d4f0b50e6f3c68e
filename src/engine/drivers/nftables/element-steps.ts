/** From documents and what the kernel holds to the steps that repair it. Pure. */
import type { ServiceDocument } from '../../../contract/documents.js';
import type { Ground } from '../../../forwarding/ground.js';
import type { ServiceInForce } from '../forwarding-driver.js';
import type { KernelElements } from './kernel-elements.js';
import type { Element } from '../../../forwarding/layout.js';
import { serviceElements } from '../../../forwarding/service-elements.js';
import { TRANSACTION_LIMIT, type Step } from '../../../forwarding/batches.js';
import type { Noting } from '../../../forwarding/step-of.js';
import { transactionText } from '../../../forwarding/transaction-text.js';

/** Key of the step that clears what no document wants; documents have no empty key. */
export const SWEEP = '';

/** What repairs are judged by. */
export interface Repairs {
  /** What of a document shall be there, of what was read. */
  readonly elementsOf: (body: ServiceDocument) => readonly Element[];
  /** Numbers of services whose elements stay. */
  readonly spared: ReadonlySet<number>;
  readonly table: Noting;
}

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
