/**
 * RFC 9457 problem documents: the one shape of every error that leaves this API. All broken rules are in `errors`, or the
 * first hundred; `code` and `status` are those of the gravest, as the domain ranks them.
 * Nothing of a stack, a framework or a database may get in here: only a Failure, which is written for readers.
 */
import { gravestFirst, type Failure, type NeededApproval } from '../../domain/failure.js';
import { FAILURE_STATUS } from './failure-status.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Whoever sends ten thousand objects with one mistake in each needs no megabytes to see it. */
const MOST_ERRORS = 100;

/** One thing that is wrong with a request. */
interface ProblemEntry {
  readonly code: string;
  /** JSON pointer into the body (`/realServers/0/address`), or the bare name of a query parameter or header. */
  readonly field: string | null;
  readonly message: string;
  readonly hint: string | null;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Path of the request, without its query. */
  readonly instance: string;
  readonly requestId: string;
  readonly errors: readonly ProblemEntry[];
  /** How many were found, where that is more than `errors` tells. */
  readonly total?: number;
  /** With `approval-required`: what the change would take away. */
  readonly plan?: NeededApproval;
}

export function problemOf(failure: Failure, instance: string, requestId: string): Problem {
  return {
    ...named(failure.code),
    status: FAILURE_STATUS[failure.kind],
    detail: detailOf(failure),
    instance,
    requestId,
    errors: entriesOf(failure),
    ...(failure.violations.length > MOST_ERRORS && { total: failure.violations.length }),
    ...(failure.neededApproval && { plan: failure.neededApproval }),
  };
}

/** What a caller learns of a fault of ours: enough to ask about it, and nothing else. */
export function internalProblem(instance: string, requestId: string): Problem {
  const detail = 'Something failed that should not have.';
  const hint =
    'Nothing was changed unless a later read shows it. Report the request id to the operator of this API.';
  return {
    ...named('internal-error'),
    status: 500,
    detail,
    instance,
    requestId,
    errors: [{ code: 'internal-error', field: null, message: detail, hint }],
  };
}

/** `direct-return-keeps-the-port` reads as a title already. */
function named(code: string): Pick<Problem, 'type' | 'title' | 'code'> {
  const title = code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');
  return { type: `/problems/${code}`, title, code };
}

function detailOf({ message, violations }: Failure): string {
  return violations.length > 1 ? `${message} (and ${violations.length - 1} more, see errors)` : message;
}

function entriesOf({ code, message, hint, violations }: Failure): readonly ProblemEntry[] {
  if (violations.length === 0) return [{ code, field: null, message, hint }];
  return told(violations).map((each) => ({
    code: each.code,
    field: each.field,
    message: each.message,
    hint: each.hint,
  }));
}

/** In their order; of very many those that are as grave as any, so that the one is there by which the problem is named. */
function told(violations: Failure['violations']): Failure['violations'] {
  if (violations.length <= MOST_ERRORS) return violations;
  return gravestFirst(violations).slice(0, MOST_ERRORS);
}
