/**
 * Part of the configuration: the services that have certain tags. A team that applies its part by `?tag.team=web` changes and
 * deletes nothing of others', and brings in nothing that would be theirs. Pure.
 */
import { tagKey } from '../finding/listed-field.js';
import { invalidRequest, violation, type RequestViolation } from '../http/invalid-request.js';

/** Tags that all have to be there; none: everything is in it. */
export type Scope = Readonly<Record<string, string>>;

const TAG_KEY = /^[a-z0-9][a-z0-9._/-]{0,62}$/;
const STORABLE = /^[^\p{Cc}\p{Surrogate}]{0,255}$/u;
const MOST_TAGS = 10;

/** Takes the parameters `tag.<key>=<value>` of a query. */
export function readScope(query: Readonly<Record<string, unknown>>): Scope {
  const tags = Object.entries(query).flatMap(([name, value]) => {
    const key = tagKey(name);
    return key === null ? [] : [{ name, key, value }];
  });
  const [first, ...others] = tags.flatMap(({ name, key, value }) => faultOf(name, key, value));
  if (first !== undefined) throw invalidRequest(first, ...others);
  if (tags.length > MOST_TAGS) throw invalidRequest(refused('', `has more than ${MOST_TAGS} tags.`));
  return Object.fromEntries(tags.map(({ key, value }) => [key, String(value)]));
}

export function isInScope(scope: Scope, tags: unknown): boolean {
  const present = typeof tags === 'object' && tags !== null ? tags : {};
  return Object.entries(scope).every(
    ([key, value]) =>
      Object.hasOwn(present, key) && (present as Readonly<Record<string, unknown>>)[key] === value,
  );
}

function faultOf(name: string, key: string, value: unknown): readonly RequestViolation[] {
  if (!TAG_KEY.test(key)) return [refused(name, 'names no tag.')];
  if (typeof value !== 'string') return [refused(name, 'is given more than once.')];
  return STORABLE.test(value) ? [] : [refused(name, 'is no value of a tag.')];
}

function refused(name: string, what: string): RequestViolation {
  const hint = 'Say the tags that make the part, such as tag.team=web: each once, with one value.';
  return violation('parameter-invalid', name, `${name === '' ? 'The query' : name} ${what}`, hint);
}
