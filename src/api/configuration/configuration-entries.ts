/** Reads what was sent as a configuration into entries, one for each virtual service; what is in them is not judged yet. */
import { Violations } from '../http/bulk/violations.js';
import { invalidRequest, violation } from '../http/invalid-request.js';
import { pointerTo } from '../http/json-pointer.js';
import { MOST_FAULTS, MOST_SERVERS, MOST_SERVICES } from './configuration-limits.js';
import { isInScope, type Scope } from './configuration-scope.js';
import { sentPlaceKey } from './service-place.js';

export interface Entry {
  readonly body: Readonly<Record<string, unknown>>;
  readonly index: number;
  /** Where it stands in the request. */
  readonly pointer: string;
  /** What it is known by; null: it says no place that could be one. */
  readonly key: string | null;
}

const LIST = 'virtualServices';

export function readEntries(body: Readonly<Record<string, unknown>>, scope: Scope): readonly Entry[] {
  const troubles = new Violations();
  for (const name of Object.keys(body)) if (name !== LIST) troubles.add(unknown(pointerTo('', name)));
  const { virtualServices: list } = body;
  if (list === undefined) troubles.add(missing());
  troubles.throwIfAny();
  if (!isListOfObjects(list) || list.length > MOST_SERVICES) throw invalidRequest(notAList());
  if (serversIn(list) > MOST_SERVERS) throw invalidRequest(tooManyServers());
  const entries = list.map((each, index) => ({
    body: each,
    index,
    pointer: pointerTo(`/${LIST}`, index),
    key: sentPlaceKey(each),
  }));
  for (const entry of entries.filter((each) => !isInScope(scope, each.body['tags'])).slice(0, MOST_FAULTS))
    troubles.add(outside(entry));
  troubles.throwIfAny();
  return entries;
}

function isListOfObjects(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return (
    Array.isArray(value) &&
    value.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each))
  );
}

/** What is no list counts as none: validation will tell. */
function serversIn(list: readonly Readonly<Record<string, unknown>>[]): number {
  return list.reduce(
    (sum, { realServers }) => sum + (Array.isArray(realServers) ? realServers.length : 0),
    0,
  );
}

function tooManyServers(): ReturnType<typeof violation> {
  const message = `A configuration has at most ${MOST_SERVERS} real servers.`;
  return violation('field-invalid', `/${LIST}`, message, 'Apply parts of it by their tags.');
}

function unknown(field: string): ReturnType<typeof violation> {
  return violation(
    'unknown-field',
    field,
    `${field} is not known here.`,
    `A configuration has ${LIST} alone.`,
  );
}

function missing(): ReturnType<typeof violation> {
  const hint = 'An empty list is a configuration too: one without any virtual service.';
  return violation('field-required', `/${LIST}`, `/${LIST} is missing.`, hint);
}

function notAList(): ReturnType<typeof violation> {
  const message = `/${LIST} must be a list of at most ${MOST_SERVICES} objects.`;
  return violation('field-invalid', `/${LIST}`, message, 'As GET /v1/configuration shows it.');
}

function outside({ pointer }: Entry): Parameters<Violations['add']>[0] {
  return {
    kind: 'unprocessable',
    code: 'outside-scope',
    field: pointerTo(pointer, 'tags'),
    message: `${pointer} does not have the tags that the request is limited to.`,
    hint: 'Give it these tags, or apply it without that limit.',
  };
}
