import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { fieldPresence, fieldRule, fieldSchema, plainRule, type FieldOptions } from './field.js';

type DtoClass = new () => object;

// Swagger takes a function for a lazy type only when its name is `type`, hence the new arrow at each use.

/** An object with rules of its own. */
export function NestedField(type: () => DtoClass, options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    fieldSchema(options, { type: () => type() }),
    fieldPresence(options),
    Type(type),
    ValidateNested(),
    fieldRule(plainRule('object', isObject, 'must be an object', options)),
  );
}

export interface NestedListFieldOptions extends FieldOptions {
  readonly maxItems: number;
}

/** A list of objects with rules of their own. */
export function NestedListField(type: () => DtoClass, options: NestedListFieldOptions): PropertyDecorator {
  const { maxItems } = options;
  return applyDecorators(
    fieldSchema(options, { type: () => type(), isArray: true, maxItems }),
    fieldPresence(options),
    Type(type),
    ValidateNested(),
    fieldRule(
      plainRule(
        'list',
        (value) => Array.isArray(value) && value.length <= maxItems && value.every(isObject),
        `must be a list of at most ${maxItems} objects`,
        options,
      ),
    ),
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
