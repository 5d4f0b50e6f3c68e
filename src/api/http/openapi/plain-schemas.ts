/**
 * Says schemas in the words of OpenAPI 3.1: a reference may have siblings, so none needs an `allOf` of one; and integers
 * have the format that generators of typed languages choose their types by. Pure.
 */
const MOST_INT32 = 2 ** 31 - 1;

/** Values of these are data, whatever they look like. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'const']);

export function plainSchemas<T>(node: T): T {
  if (Array.isArray(node)) return node.map((each: unknown) => plainSchemas(each)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const members = Object.entries(node).map(([name, value]: [string, unknown]) => [
    name,
    DATA.has(name) ? value : plainSchemas(value),
  ]);
  return plainSchema(Object.fromEntries(members) as Record<string, unknown>) as T;
}

function plainSchema(schema: Record<string, unknown>): Record<string, unknown> {
  const { allOf, ...rest } = schema;
  if (Array.isArray(allOf) && allOf.length === 1) return { ...rest, ...(allOf[0] as object) };
  return isInteger(schema['type']) && schema['format'] === undefined
    ? { ...schema, format: integerFormat(schema['maximum']) }
    : schema;
}

function isInteger(type: unknown): boolean {
  return type === 'integer' || (Array.isArray(type) && type.includes('integer'));
}

function integerFormat(maximum: unknown): string {
  return typeof maximum === 'number' && maximum <= MOST_INT32 ? 'int32' : 'int64';
}
