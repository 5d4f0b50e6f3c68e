/**
 * Turns bodies and queries into their DTO classes and tells everything that is wrong with them at once.
 * What is not declared is refused. Nothing is converted in a body; query parameters convert only where their
 * decorator says so. No input may make it throw anything but a 400.
 */
import { Injectable, ValidationPipe, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Failed, rulesBroken } from '../../domain/failure.js';
import { describeBodyErrors, describeQueryErrors } from './describe-errors.js';
import { invalidRequest, violation, type RequestViolation } from './invalid-request.js';
import { isReservedName } from './reserved-names.js';
import { withoutTags } from './tagged-query.js';

type Describe = (errors: readonly ValidationError[]) => readonly RequestViolation[];

@Injectable()
export class RequestValidationPipe implements PipeTransform {
  private readonly body = strictPipe(describeBodyErrors);
  private readonly query = strictPipe(describeQueryErrors);

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body') return this.body.transform(presentBody(value), metadata);
    if (metadata.type === 'query') return this.query.transform(plainQuery(value, metadata), metadata);
    return value;
  }
}

function strictPipe(describe: Describe): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    stopAtFirstError: false,
    // The value tells a missing field from a broken one; it never leaves the process.
    validationError: { target: false, value: true },
    exceptionFactory: (errors) => {
      const [first, ...others] = describe(errors);
      if (first === undefined) throw new Error('a validation error without a broken rule');
      return new Failed(rulesBroken([first, ...others]));
    },
  });
}

function presentBody(value: unknown): unknown {
  if (value !== undefined) return value;
  throw invalidRequest(
    violation('body-required', '', 'This request needs a body.', 'Send a JSON object as application/json.'),
  );
}

/** A query as single texts; a parameter that comes twice has no one meaning. */
function plainQuery(value: unknown, { metatype }: ArgumentMetadata): unknown {
  if (metatype === undefined || typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(withoutTags(value, metatype));
  const [first, ...others] = entries.flatMap(([name, text]) => queryViolations(name, text));
  if (first !== undefined) throw invalidRequest(first, ...others);
  return Object.fromEntries(entries);
}

function queryViolations(name: string, value: unknown): readonly RequestViolation[] {
  if (isReservedName(name)) {
    return [violation('unknown-parameter', name, `${name} is not known here.`, 'Leave it out.')];
  }
  if (typeof value === 'string') return [];
  return [violation('duplicate-parameter', name, `${name} is given more than once.`, 'Give it once.')];
}
