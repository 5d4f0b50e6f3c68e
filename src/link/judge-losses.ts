/**
 * Decides which documents of a batch a director does not put in force: those that take services away, or their last
 * servers, where nobody says by which operator's change they shall. That is what an emptied, truncated or restored
 * database looks like from here, and a mistake of whoever proves that real servers serve. A few services may go like
 * that, as when their hosts die; what went before without a word counts with them, in however many batches. All else
 * of a batch is put in force. Pure.
 */
import { forwards, isLargeLoss } from '../contract/blast-radius.js';
import type { Document } from '../contract/documents.js';
import type { HeldDocuments } from './held/held-documents.js';

/** `changed`: new, changed and gone documents, one of a key. @returns the keys of those that are refused. */
export function refusedLosses(held: HeldDocuments, changed: readonly Document[]): ReadonlySet<string> {
  const losses = changed.filter((each) => isLoss(held, each));
  if (losses.length === 0) return new Set();
  const refused = losses.filter(({ body }) => empties(body));
  const gone = losses.filter(({ body }) => !empties(body));
  if (isTooMuch(held, changed, gone)) refused.push(...gone);
  return new Set(refused.map(({ key }) => key));
}

function isLoss(held: HeldDocuments, { key, body, approval }: Document): boolean {
  if (approval !== undefined || forwards(body)) return false;
  return forwards(held.standing(key)?.body ?? null);
}

/** The service is there still, and reaches nobody. With nobody at all it is a service that goes. */
function empties(body: Document['body']): boolean {
  return body?.kind === 'service' && body.servers.length > 0;
}

function isTooMuch(held: HeldDocuments, changed: readonly Document[], gone: readonly Document[]): boolean {
  const heard = new Set(changed.map(({ key }) => key));
  const unheard = (documents: ReadonlyMap<string, unknown>) =>
    [...documents.keys()].filter((key) => !heard.has(key));
  const lapsed = unheard(held.lapsed);
  const lost = new Set([...gone.map(({ key }) => key), ...unheard(held.refused), ...lapsed]);
  const newcomers = changed.filter(({ body }) => forwards(body)).map(({ key }) => key);
  const before = held.usable().filter(({ body }) => forwards(body));
  const approved = new Set(
    changed.filter(({ body, approval }) => approval !== undefined && !forwards(body)).map(({ key }) => key),
  );
  // Those that go by somebody's word are no part of what is left to judge, as if they had gone before.
  const all = new Set([...before.map(({ key }) => key).filter((key) => !approved.has(key)), ...lapsed]);
  const stays = [...all, ...newcomers].some((key) => !lost.has(key));
  return !stays || isLargeLoss(lost.size, all.size);
}
