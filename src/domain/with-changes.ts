/** The object with those of the named fields that the changes say; one left out or undefined stays as it is. */
export function withChanges<T extends object, K extends keyof T>(
  object: T,
  changes: { readonly [P in K]?: T[P] | undefined },
  fields: readonly K[],
): T {
  const said = fields.filter((field) => changes[field] !== undefined);
  return { ...object, ...Object.fromEntries(said.map((field) => [field, changes[field]])) };
}
