import { expect, it } from 'vitest';
import { rulesBroken, failure } from '../../domain/failure.js';
import { internalProblem, problemOf } from '../http/problem.js';
import { isRefusal, stoppedBy, violationOf } from './problem-within.js';

const HERE = '/changes/3';

it.each([
  failure('unavailable', 'database-unavailable', 'It does not answer.', 'Later.'),
  failure('too-many-requests', 'too-many-questions', 'It is asked enough.', 'Later.'),
  failure('unauthorized', 'unauthenticated', 'The token is gone.', 'Later.'),
])('$code stops all writes, as what it is and at its place', (reason) => {
  const stopped = stoppedBy(problemOf(reason, '/v1/x', 'r-1'), HERE);
  expect(stopped).toMatchObject({
    kind: reason.kind,
    code: reason.code,
    message: `/changes/3: ${reason.message}`,
    hint: 'Later.',
    violations: [{ code: reason.code, field: HERE }],
  });
});

it('a fault of ours stays one', () => {
  const stopped = stoppedBy(internalProblem('/v1/x', 'r-1'), HERE);
  expect(stopped).toMatchObject({ kind: 'internal', code: 'internal-error', violations: [{ field: HERE }] });
  expect(stopped === null ? null : problemOf(stopped, '/v1/plans', 'r-2').status).toBe(500);
});

it('what is wrong with a write alone stops none', () => {
  const port = { kind: 'invalid' as const, code: 'field-invalid', field: '/port', message: 'm', hint: 'h' };
  const problem = problemOf(rulesBroken([port]), '/v1/x', 'r-1');
  expect(stoppedBy(problem, HERE)).toBeNull();
  expect(problem.errors.map((each) => violationOf(each, HERE, problem.status).field)).toEqual([
    '/changes/3/body/port',
  ]);
  expect([400, 404, 409, 412, 422, 503].filter(isRefusal)).toEqual([404, 409, 412, 422]);
});
