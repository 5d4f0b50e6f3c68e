import { isUUID } from 'class-validator';
import { field, plainRule, type FieldOptions } from './field.js';

/** A UUID of any version, as PostgreSQL reads it. */
export function UuidField(options: FieldOptions): PropertyDecorator {
  return field(
    options,
    plainRule(
      'uuid',
      (value) => typeof value === 'string' && isUUID(value, 'loose'),
      'must be a UUID',
      options,
    ),
    { type: 'string', format: 'uuid', maxLength: 36 },
  );
}
