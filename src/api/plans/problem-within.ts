/**
 * What the problem of one write means for the plan of many: it is part of what the plan tells, or the writes cannot be read,
 * or there is no plan at all, for a reason that has nothing to do with the write. Pure.
 */
import type { Failure, FailureKind, RuleViolation } from '../../domain/failure.js';
import { FAILURE_STATUS } from '../http/failure-status.js';
import type { Problem } from '../http/problem.js';

/** Of writes that can be read. What is about nothing that there is would be refused as well: it may come to be by then. */
const REFUSALS: ReadonlySet<number> = new Set([404, 409, 412, 422]);

export function isRefusal(status: number): boolean {
  return REFUSALS.has(status);
}

/** Kinds of which the next write would be told the same. */
const STOPS: readonly FailureKind[] = [
  'internal',
  'unavailable',
  'not-answered',
  'too-many-requests',
  'unauthorized',
];

/**
 * The failure of the whole request: what that of the write is, at its place. Null: the other writes are worth asking.
 * @param place of the write, such as `/changes/3`.
 */
export function stoppedBy({ status, code, detail, errors }: Problem, place: string): Failure | null {
  const kind = STOPS.find((each) => FAILURE_STATUS[each] === status);
  if (kind === undefined) return null;
  const hint = errors[0]?.hint ?? '';
  const violations = [{ kind: 'conflict' as const, code, field: place, message: detail, hint }];
  return { kind, code, message: `${place}: ${detail}`, hint, violations };
}

/** A pointer is into the body of the write; a header or a parameter is of the write itself. */
export function violationOf(
  { code, field, message, hint }: Problem['errors'][number],
  place: string,
  status: number,
): RuleViolation {
  const isPointer = field === '' || field?.startsWith('/') === true;
  return {
    kind: isRefusal(status) ? 'conflict' : 'invalid',
    code,
    field: isPointer ? `${place}/body${field}` : place,
    message,
    hint: hint ?? '',
  };
}
