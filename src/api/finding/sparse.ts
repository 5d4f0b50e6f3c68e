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

/** The objects with these fields alone, in the order that they have them. */
export function sparse<T extends object>(objects: readonly T[], fields: readonly string[] | null): T[] {
  const shape = fields === null ? null : shapeOf(fields);
  return shape === null ? [...objects] : objects.map((object) => cut(object, shape) as T);
}

/** Whether an answer with these fields shows any of those named, or a part of one. */
export function showsAny(fields: readonly string[], names: readonly string[]): boolean {
  return fields.some((field) => names.some((name) => field === name || field.startsWith(`${name}.`)));
}

/** What to keep, by name; null: all of it. Made once for all objects of a page. */
type Shape = ReadonlyMap<string, Shape | null>;

function shapeOf(fields: readonly string[]): Shape {
  const heads = new Set(fields.map((field) => field.split('.', 1)[0] ?? ''));
  return new Map(
    [...heads].map((head) => {
      const inner = fields.flatMap((field) =>
        field.startsWith(`${head}.`) ? field.slice(head.length + 1) : [],
      );
      return [head, fields.includes(head) ? null : shapeOf(inner)];
    }),
  );
}

function cut(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) return value.map((each) => cut(each, shape));
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const inner = shape.get(name);
    if (inner !== undefined) kept[name] = inner === null ? member : cut(member, inner);
  }
  return kept;
}
