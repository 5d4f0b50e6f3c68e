/** Makes violations, with JSON pointers and codes, of what class-validator found. Pure. */
import type { ValidationError } from 'class-validator';
import type { FieldRule } from './fields/field.js';
import { violation, type RequestViolation } from './invalid-request.js';
import { pointerTo } from './json-pointer.js';

const NOT_DECLARED = 'whitelistValidation';

export function describeBodyErrors(errors: readonly ValidationError[]): readonly RequestViolation[] {
  return errors.flatMap((error) => describeFieldError(error, ''));
}

export function describeQueryErrors(errors: readonly ValidationError[]): readonly RequestViolation[] {
  return errors.map(describeParameterError);
}

/** A field that is broken itself is told alone: what is inside of it has no meaning then. */
function describeFieldError(error: ValidationError, parent: string): readonly RequestViolation[] {
  const field = pointerTo(parent, error.property);
  if (error.constraints === undefined) {
    return (error.children ?? []).flatMap((child) => describeFieldError(child, field));
  }
  if (NOT_DECLARED in error.constraints) {
    return [
      violation(
        'unknown-field',
        field,
        `${field} is not known here.`,
        'Leave it out; /docs lists all fields.',
      ),
    ];
  }
  if (error.value === undefined) {
    return [violation('field-required', field, `${field} is missing.`, 'Add the field; /docs describes it.')];
  }
  const { code, message, hint } = explanationOf(error);
  return [violation(code, field, `${field} ${message}`, hint)];
}

function describeParameterError(error: ValidationError): RequestViolation {
  const name = error.property;
  if (error.constraints !== undefined && NOT_DECLARED in error.constraints) {
    return violation(
      'unknown-parameter',
      name,
      `${name} is not known here.`,
      'Leave it out; /docs lists all.',
    );
  }
  const { code, message, hint } = explanationOf(error);
  return violation(code === 'field-invalid' ? 'parameter-invalid' : code, name, `${name} ${message}`, hint);
}

function explanationOf(error: ValidationError): ReturnType<FieldRule['explain']> {
  const [rule] = Object.values(error.contexts ?? {}) as readonly FieldRule[];
  return (
    rule?.explain(error.value) ?? {
      code: 'field-invalid',
      message: 'is not valid.',
      hint: 'See the field in /docs.',
    }
  );
}
