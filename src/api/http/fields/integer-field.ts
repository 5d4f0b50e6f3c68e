import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { field, plainRule, type FieldOptions } from './field.js';

export interface IntegerFieldOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
}

/** A JSON integer within limits; text is none. */
export function IntegerField(options: IntegerFieldOptions): PropertyDecorator {
  const { min, max } = options;
  return field(
    options,
    plainRule(
      'integer',
      (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
      `must be an integer from ${min} to ${max}`,
      options,
    ),
    { type: 'integer', minimum: min, maximum: max },
  );
}

/** The same for a query parameter, which arrives as text: decimal digits and nothing else. */
export function IntegerParameter(options: IntegerFieldOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => integerOfText(value)),
    IntegerField(options),
  );
}

function integerOfText(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
}
