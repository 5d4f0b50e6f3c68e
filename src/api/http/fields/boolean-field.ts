import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { field, plainRule, type FieldOptions } from './field.js';

/** A JSON boolean; text and numbers are none. */
export function BooleanField(options: FieldOptions): PropertyDecorator {
  return field(
    options,
    plainRule('boolean', (value) => typeof value === 'boolean', 'must be true or false', options),
    { type: 'boolean' },
  );
}

/** The same for a query parameter, which arrives as text: `true` or `false`. */
export function BooleanParameter(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => booleanOfText(value)),
    BooleanField(options),
  );
}

function booleanOfText(value: unknown): unknown {
  if (value === 'true') return true;
  return value === 'false' ? false : value;
}
