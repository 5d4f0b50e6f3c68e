/**
 * Reads which objects a bulk request is about: those that it patches and those that it deletes, each named once. What is
 * not there, or is at another revision than the caller has read, is refused at its place.
 */
import { isUUID } from 'class-validator';
import type { RuleViolation } from '../../../domain/failure.js';
import { pointerTo } from '../json-pointer.js';
import { violation } from '../invalid-request.js';
import { MOST_OBJECTS } from './bulk-limits.js';
import { Violations } from './violations.js';

/** An entry of a list, with what it says beside the id. */
export interface NamedObject {
  readonly id: string;
  readonly revision: number | undefined;
  readonly patch: Readonly<Record<string, unknown>>;
  /** Where it stands in the request. */
  readonly pointer: string;
}

export interface NamedObjects {
  readonly patches: readonly NamedObject[];
  readonly deletions: readonly NamedObject[];
}

type Entry = Readonly<Record<string, unknown>>;

/** The lists of the request; a list that was left out is empty. */
export interface BulkLists {
  readonly create?: readonly object[] | undefined;
  readonly patch?: readonly object[] | undefined;
  readonly delete?: readonly object[] | undefined;
}

export function namedObjects(lists: BulkLists): NamedObjects {
  const troubles = new Violations();
  const { create = [], patch = [], delete: gone = [] } = lists;
  if (create.length + patch.length + gone.length > MOST_OBJECTS) troubles.add(tooMany());
  const seen = new Set<string>();
  const read = (list: readonly object[], name: string) =>
    list.map((entry, index) => readEntry(entry as Entry, pointerTo(`/${name}`, index), seen, troubles));
  const named = { patches: read(patch, 'patch'), deletions: read(gone, 'delete') };
  troubles.throwIfAny();
  return named;
}

/** What is found of it; null, and the reason among the troubles, where it is not there as the caller has read it. */
export function requireFound<T>(
  { id, revision, pointer }: NamedObject,
  found: T | undefined,
  foundRevision: number,
  troubles: Violations,
): T | null {
  if (found === undefined) troubles.add(notFound(id, pointer));
  else if (revision !== undefined && revision !== foundRevision) troubles.add(stale(foundRevision, pointer));
  else return found;
  return null;
}

function readEntry(entry: Entry, pointer: string, seen: Set<string>, troubles: Violations): NamedObject {
  const { id, revision, ...patch } = entry;
  const name = typeof id === 'string' && isUUID(id, 'loose') ? id.toLowerCase() : null;
  const isRevision = revision === undefined || (Number.isSafeInteger(revision) && Number(revision) >= 0);
  if (name === null) troubles.add(invalid(pointer, 'id', 'must be a UUID.', 'Take it from the object.'));
  else if (seen.has(name)) troubles.add(invalid(pointer, 'id', 'is named twice.', 'Name each object once.'));
  if (!isRevision)
    troubles.add(invalid(pointer, 'revision', 'must be an integer from 0.', 'Take it from the object.'));
  seen.add(name ?? '');
  return {
    id: name ?? '',
    revision: isRevision ? (revision as number | undefined) : undefined,
    patch,
    pointer,
  };
}

function invalid(pointer: string, member: string, what: string, hint: string): RuleViolation {
  const place = pointerTo(pointer, member);
  return violation('field-invalid', place, `${place} ${what}`, hint);
}

function tooMany(): RuleViolation {
  const message = `A request names at most ${MOST_OBJECTS} objects, all of its lists together.`;
  return violation('field-invalid', '', message, 'Send several requests.');
}

function notFound(id: string, pointer: string): RuleViolation {
  const message = `There is no ${id} here.`;
  const hint = 'It may have been deleted meanwhile; leave it out.';
  return { kind: 'unprocessable', code: 'not-found', field: pointerTo(pointer, 'id'), message, hint };
}

function stale(revision: number, pointer: string): RuleViolation {
  return {
    kind: 'conflict',
    code: 'precondition-failed',
    field: pointerTo(pointer, 'revision'),
    message: `The object is at revision ${revision}.`,
    hint: 'Read the object again, look at what changed, and repeat the request with its new revision.',
  };
}
