import { field, plainRule, type FieldOptions } from './field.js';

export interface EnumFieldOptions extends FieldOptions {
  readonly values: readonly [string, ...string[]];
  /** Name of the schema, so that clients get one type for it. */
  readonly name?: string;
}

/** One of a few words. */
export function EnumField(options: EnumFieldOptions): PropertyDecorator {
  const { values, name } = options;
  const schema = { type: 'string' as const, enum: [...values] };
  return field(
    options,
    plainRule(
      'enum',
      (value) => typeof value === 'string' && values.includes(value),
      `must be one of ${values.join(', ')}`,
      options,
    ),
    name === undefined ? schema : { ...schema, enumName: name },
  );
}
