/**
 * Schemas of answers that take no member but those that they name: a client may be sent more one day, but a test sees that
 * all that is sent today stands in the document. Pure.
 */
export function withoutOtherMembers<T>(node: T): T {
  if (Array.isArray(node)) return node.map((each: unknown) => withoutOtherMembers(each)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const members = Object.entries(node).map(([name, value]: [string, unknown]) => [
    name,
    withoutOtherMembers(value),
  ]);
  const made = Object.fromEntries(members) as Readonly<Record<string, unknown>>;
  const isClosed = made['type'] === 'object' && typeof made['properties'] === 'object';
  return (isClosed ? { unevaluatedProperties: false, ...made } : made) as T;
}
