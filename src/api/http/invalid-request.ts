/**
 * What is refused before any rule of the domain is asked: a request that cannot be read or says what is not known.
 */
import { Failed, rulesBroken, type RuleViolation } from '../../domain/failure.js';

/** Codes of the HTTP manners. A code is a promise to programs: it may be added, never renamed. */
export type RequestCode =
  | 'address-not-usable'
  | 'body-not-object'
  | 'body-not-utf-8'
  | 'body-required'
  | 'cursor-invalid'
  | 'duplicate-key'
  | 'duplicate-parameter'
  | 'field-invalid'
  | 'field-required'
  | 'header-invalid'
  | 'json-malformed'
  | 'number-out-of-range'
  | 'parameter-invalid'
  | 'request-malformed'
  | 'text-not-storable'
  | 'too-deep'
  | 'unknown-field'
  | 'unknown-parameter'
  | 'url-malformed'
  | 'yaml-malformed';

export type RequestViolation = RuleViolation<RequestCode>;

/** `field` is a JSON pointer into the body, or the bare name of a query parameter or header. */
export function violation(code: RequestCode, field: string, message: string, hint: string): RequestViolation {
  return { kind: 'invalid', code, field, message, hint };
}

/** The error that answers 400 with all that is wrong. */
export function invalidRequest(...violations: readonly [RequestViolation, ...RequestViolation[]]): Failed {
  return new Failed(rulesBroken(violations));
}
