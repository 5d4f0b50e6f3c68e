/** `fields`: which parts of each object to answer with. Pure. */
import type { Listing } from './listed-field.js';
import type { Fault } from './read-condition.js';

export function readFieldNames(
  listing: Listing,
  text: string,
): readonly string[] | { readonly fault: Fault } {
  const names = text.split(',');
  const strange = names.find((name) => !listing.shown.includes(name));
  if (strange === undefined) return [...new Set(names)];
  const message = `cannot name ${JSON.stringify(strange)}.`;
  return { fault: { message, hint: `Objects have ${listing.shown.join(', ')}.` } };
}

/** The object with these fields alone, in the order that it has them. */
export function sparse<T extends object>(object: T, fields: readonly string[] | null): T {
  if (fields === null) return object;
  if (Array.isArray(object)) return object.map((each: object) => sparse(each, fields)) as unknown as T;
  const kept = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    if (fields.includes(name)) return [[name, value]];
    const inner = fields.filter((field) => field.startsWith(`${name}.`));
    if (inner.length === 0 || typeof value !== 'object' || value === null) return [];
    return [
      [
        name,
        sparse(
          value as object,
          inner.map((field) => field.slice(name.length + 1)),
        ),
      ],
    ];
  });
  return Object.fromEntries(kept) as T;
}

/** Whether an answer with these fields shows any of those named, or a part of one. */
export function showsAny(fields: readonly string[], names: readonly string[]): boolean {
  return fields.some((field) => names.some((name) => field === name || field.startsWith(`${name}.`)));
}
