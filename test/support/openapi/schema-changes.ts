/**
 * What of a schema a client could not go on with. Of what is sent, nothing that was good may be refused now; of what is
 * answered, nothing that was promised may be missing now. Values that are added to an answer's enum are no break: the
 * document says that they may be. Pure.
 */
import type { Schema } from './document.js';

type Direction = 'sent' | 'answered';
type Schemas = Readonly<Record<string, Schema>>;

export interface Sides {
  readonly before: Schemas;
  readonly after: Schemas;
  readonly direction: Direction;
}

const LOWER = ['minimum', 'minLength', 'minItems', 'minProperties'];
const UPPER = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];

export function schemaChanges(sides: Sides, where: string, before: Schema, after: Schema): string[] {
  return compare(sides, where, before, after, new Set());
}

function compare(sides: Sides, where: string, before: Schema, after: Schema, seen: Set<string>): string[] {
  const key = `${before.$ref} ${after.$ref}`;
  // A schema can hold itself.
  if (before.$ref !== undefined && seen.has(key)) return [];
  const within = new Set(seen).add(key);
  const [old, now] = [resolved(before, sides.before), resolved(after, sides.after)];
  return [
    ...alternatives(sides, where, old, now, within),
    ...types(sides, where, old, now),
    ...(sides.direction === 'sent' ? [...limits(where, old, now), ...values(where, old, now)] : []),
    ...members(sides, where, old, now, within),
    ...parts(sides, where, old, now, within),
  ];
}

/** Without its reference and its `allOf`. */
function resolved(schema: Schema, schemas: Schemas): Schema {
  const { $ref, allOf = [], ...own } = schema;
  const referred = $ref === undefined ? undefined : schemas[$ref.slice('#/components/schemas/'.length)];
  const all = [...(referred === undefined ? [] : [referred]), ...allOf].map((each) =>
    resolved(each, schemas),
  );
  const pieces = [...all, own];
  return {
    ...(Object.assign({}, ...pieces) as Schema),
    properties: Object.assign({}, ...pieces.map(({ properties }) => properties)) as Record<string, Schema>,
    required: pieces.flatMap(({ required = [] }) => required),
  };
}

function alternatives(sides: Sides, where: string, old: Schema, now: Schema, seen: Set<string>): string[] {
  const [choices, taken] = [old.anyOf ?? [old], now.anyOf ?? [now]];
  if (old.anyOf === undefined && now.anyOf === undefined) return [];
  const [from, to] = sides.direction === 'sent' ? [choices, taken] : [taken, choices];
  const fits = (one: Schema, other: Schema) =>
    (sides.direction === 'sent' ? compare(sides, '', one, other, seen) : compare(sides, '', other, one, seen))
      .length === 0;
  const lost = from.filter((one) => !to.some((other) => fits(withoutChoices(one), withoutChoices(other))));
  return lost.length > 0 ? [`${where}: ${lost.length} of its alternatives changed`] : [];
}

function withoutChoices({ anyOf: _anyOf, ...schema }: Schema): Schema {
  return schema;
}

function types({ direction }: Sides, where: string, old: Schema, now: Schema): string[] {
  if (old.anyOf !== undefined || now.anyOf !== undefined) return [];
  const [before, after] = [typesOf(old), typesOf(now)];
  const [narrow, wide] = direction === 'sent' ? [before, after] : [after, before];
  const fits = wide === null || (narrow !== null && narrow.every((type) => wide.includes(type)));
  return fits
    ? []
    : [`${where}: its type was ${before?.join('|') ?? 'any'} and is ${after?.join('|') ?? 'any'}`];
}

function typesOf({ type }: Schema): readonly string[] | null {
  if (type === undefined) return null;
  return typeof type === 'string' ? [type] : type;
}

function limits(where: string, old: Schema, now: Schema): string[] {
  const number = (schema: Schema, name: string, none: number) => Number(schema[name] ?? none);
  const raised = LOWER.filter((name) => number(now, name, -Infinity) > number(old, name, -Infinity));
  const lowered = UPPER.filter((name) => number(now, name, Infinity) < number(old, name, Infinity));
  const pattern = now.pattern !== undefined && now.pattern !== old.pattern ? ['pattern'] : [];
  return [...raised, ...lowered, ...pattern].map((name) => `${where}: ${name} takes less than before`);
}

function values(where: string, old: Schema, now: Schema): string[] {
  if (now.enum === undefined) return [];
  if (old.enum === undefined) return [`${where}: takes a few values alone now`];
  const taken = now.enum;
  return old.enum
    .filter((value) => !taken.includes(value))
    .map((value) => `${where}: takes ${JSON.stringify(value)} no more`);
}

function members(sides: Sides, where: string, old: Schema, now: Schema, seen: Set<string>): string[] {
  const [before, after] = [old.properties ?? {}, now.properties ?? {}];
  const [promised, kept] = [old.required ?? [], now.required ?? []];
  const [must, may] = sides.direction === 'sent' ? [kept, promised] : [promised, kept];
  const word = sides.direction === 'sent' ? 'is required now' : 'may be missing now';
  const changed = must.filter((name) => !may.includes(name) && name in after);
  const inBoth = Object.entries(before).flatMap(([name, schema]) => {
    const next = after[name];
    const place = `${where}.${name}`;
    return next === undefined ? [`${place}: was removed`] : compare(sides, place, schema, next, seen);
  });
  return [...inBoth, ...changed.map((name) => `${where}.${name}: ${word}`)];
}

function parts(sides: Sides, where: string, old: Schema, now: Schema, seen: Set<string>): string[] {
  const pairs = [
    [old.items, now.items, '[]'],
    [old.additionalProperties, now.additionalProperties, '.*'],
  ] as const;
  return pairs.flatMap(([before, after, name]) =>
    typeof before === 'object' && typeof after === 'object'
      ? compare(sides, `${where}${name}`, before, after, seen)
      : [],
  );
}
