/** A body put together from the examples of its properties. Pure. */
export interface ExampledSchema {
  readonly $ref?: string;
  readonly allOf?: readonly ExampledSchema[];
  readonly properties?: Readonly<Record<string, { readonly example?: unknown }>>;
}

export type Schemas = Readonly<Record<string, ExampledSchema>>;

/** Properties without an example are left out: their defaults hold. */
export function requestExample(schema: ExampledSchema, schemas: Schemas): Readonly<Record<string, unknown>> {
  const { $ref, allOf = [], properties = {} } = schema;
  const referred = $ref === undefined ? undefined : schemas[$ref.slice('#/components/schemas/'.length)];
  const inherited = [...(referred === undefined ? [] : [referred]), ...allOf];
  const own = Object.entries(properties).filter(([, { example }]) => example !== undefined);
  return Object.assign(
    {},
    ...inherited.map((each) => requestExample(each, schemas)),
    Object.fromEntries(own.map(([name, { example }]) => [name, example])),
  ) as Readonly<Record<string, unknown>>;
}
