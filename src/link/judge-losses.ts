/**
 * Decides which documents of a batch a director does not put in force: those that take services away, or their last
 * servers, where nobody says by which operator's change they shall. That is what an emptied, truncated or restored
 * database looks like from here, and a mistake of whoever proves that real servers serve. A few services may go like
 * that, as when their hosts die; what went before without a word counts with them, in however many batches. All else
 * of a batch is put in force. Pure.
 */
import {
  forwards,
  isLargeLoss,
  losesLastHealthy,
  takersOf,
  type HealthOf,
} from '../contract/blast-radius.js';
import { isUnderstood } from '../contract/decode-documents.js';
import type { Document } from '../contract/documents.js';
import type { HeldDocuments } from './held/held-documents.js';

export const HEALTH_UNKNOWN: HealthOf = () => null;

/** `changed`: new, changed and gone documents, one of a key. @returns the keys of those that are refused. */
export function refusedLosses(
  held: HeldDocuments,
  changed: readonly Document[],
  healthOf: HealthOf,
): ReadonlySet<string> {
  const kinds = changed.map((each) => ({ ...each, kind: lossBy(held, each, healthOf) }));
  const refused = kinds.filter(({ kind }) => kind === 'last healthy');
  const gone = kinds.filter(({ kind }) => kind === 'gone');
  if (refused.length + gone.length === 0) return new Set();
  if (isTooMuch(held, changed, gone)) refused.push(...gone);
  return new Set(refused.map(({ key }) => key));
}

/**
 * `last healthy`: servers that are not known to be dead, and nobody after them. `gone`: a service that may go with some
 * others, for nobody here knows that it is served.
 */
function lossBy(
  held: HeldDocuments,
  { key, body, approval }: Document,
  healthOf: HealthOf,
): 'last healthy' | 'gone' | 'none' {
  const before = held.standing(key)?.body ?? null;
  if (approval !== undefined || !forwards(before)) return 'none';
  // What is not understood is not put in force.
  if (body !== null && !isUnderstood(body)) return 'none';
  const were = takersOf(before);
  if (forwards(body)) return losesLastHealthy(were, takersOf(body), healthOf) ? 'last healthy' : 'none';
  if (goesOn(body)) return were.every((server) => healthOf(server) === false) ? 'none' : 'last healthy';
  // That a server without an agent is not silent, directors have found out themselves.
  return body === null && losesLastHealthy(were, [], healthOf) ? 'last healthy' : 'gone';
}

/** The service is there still, and its VIP is held. */
function goesOn(body: Document['body']): boolean {
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
