/**
 * What all field decorators share: one rule of class-validator with one plain sentence, and the same facts for the
 * OpenAPI document. Decorators state both, because the compiler plugin of Nest runs in `nest build` alone.
 * One rule per field, so that a broken field is told once and not once for each of its limits.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import type { RequestCode } from '../invalid-request.js';

export interface FieldOptions {
  readonly description: string;
  readonly example?: unknown;
  /** The field may be left out. */
  readonly optional?: boolean;
  /** The field may be null. */
  readonly nullable?: boolean;
  /** Told in the document only; the domain fills defaults in. */
  readonly default?: unknown;
}

/** Why a value is refused. */
export interface FieldFault {
  readonly code: RequestCode;
  /** A sentence without its subject, such as `must be an integer from 1 to 65535.` */
  readonly message: string;
  readonly hint: string;
}

export interface FieldRule {
  readonly name: string;
  readonly test: (value: unknown) => boolean;
  /** Why `value`, which failed the test, is refused. */
  readonly explain: (value: unknown) => FieldFault;
}

export function field(options: FieldOptions, rule: FieldRule, schema: ApiPropertyOptions): PropertyDecorator {
  return applyDecorators(fieldSchema(options, schema), fieldPresence(options), fieldRule(rule));
}

/** A rule with one sentence for all that can be wrong; the field's example is the hint. */
export function plainRule(
  name: string,
  test: FieldRule['test'],
  message: string,
  options: FieldOptions,
): FieldRule {
  const hint =
    options.example === undefined ? 'See the field in /docs.' : `Such as ${JSON.stringify(options.example)}.`;
  const fault: FieldFault = { code: 'field-invalid', message: `${message}.`, hint };
  return { name, test, explain: () => fault };
}

/** The rule itself travels as the context of its constraint, so that the validation pipe can let it explain. */
export function fieldRule(rule: FieldRule): PropertyDecorator {
  return ValidateBy(
    { name: rule.name, validator: { validate: rule.test } },
    { context: rule, message: rule.name },
  );
}

/** A value that may be absent or null is not looked at when it is. `IsOptional` would let null pass in both cases. */
export function fieldPresence(options: FieldOptions): PropertyDecorator {
  return ValidateIf(
    (_object, value: unknown) =>
      !(value === undefined && options.optional === true) && !(value === null && options.nullable === true),
  );
}

export function fieldSchema(options: FieldOptions, schema: ApiPropertyOptions): PropertyDecorator {
  return ApiProperty({
    ...schema,
    description: options.description,
    required: options.optional !== true,
    ...(options.nullable === true && { nullable: true }),
    ...(options.example !== undefined && { example: options.example }),
    ...(options.default !== undefined && { default: options.default }),
  } as ApiPropertyOptions);
}
