/**
 * A merge patch (RFC 7396) is no object with defaults: what it leaves out stays as it is, and null brings a field back to
 * its default. Nest makes the schemas of patches from those of the objects, so both have to be said after it. Pure.
 */
type Schema = Readonly<Record<string, unknown>>;

/** Classes of patches are called so. */
const PATCH_NAME = /PatchDto$/;

export function patchSchemas<T>(schemas: Readonly<Record<string, T>>): Record<string, T> {
  const entries = Object.entries(schemas).map(([name, schema]) => [
    name,
    PATCH_NAME.test(name) ? asPatch(schema as Schema) : schema,
  ]);
  return Object.fromEntries(entries) as Record<string, T>;
}

function asPatch(schema: Schema): Schema {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>);
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([name, each]) => [name, asMember(each)])),
  };
}

/** A field without a default has to have a value. */
function asMember({ default: fallback, ...member }: Schema): Schema {
  if (fallback === undefined) return member;
  const { $ref, anyOf, type } = member;
  if ($ref !== undefined) return withoutReference(member);
  if (Array.isArray(anyOf)) return { ...member, anyOf: withNull(anyOf, { type: 'null' }) };
  return { ...member, type: withNull([type].flat(), 'null') };
}

function withoutReference({ $ref, ...member }: Schema): Schema {
  return { ...member, anyOf: [{ $ref }, { type: 'null' }] };
}

function withNull(choices: readonly unknown[], nothing: unknown): readonly unknown[] {
  const has = choices.some((each) => JSON.stringify(each) === JSON.stringify(nothing));
  return has ? choices : [...choices, nothing];
}
