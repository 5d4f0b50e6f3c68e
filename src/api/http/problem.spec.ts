import { expect, it } from 'vitest';
import { rulesBroken, type RuleViolation, type ViolationKind } from '../../domain/failure.js';
import { problemOf } from './problem.js';

function problem(count: number, kindOf: (index: number) => ViolationKind = () => 'unprocessable') {
  const violations = Array.from({ length: count }, (_, index): RuleViolation => {
    const kind = kindOf(index);
    return { kind, code: kind, field: `/${index}`, message: 'It is wrong.', hint: 'Make it right.' };
  });
  const [first, ...others] = violations;
  if (first === undefined) throw new Error('none is wrong');
  return problemOf(rulesBroken([first, ...others]), '/v1/configuration', 'request-1');
}

it('tells up to a hundred errors as they come, and no total', () => {
  const { errors, total } = problem(100, (index) => (index === 99 ? 'invalid' : 'conflict'));
  expect(errors.map(({ field }) => field)).toEqual(Array.from({ length: 100 }, (_, index) => `/${index}`));
  expect(total).toBeUndefined();
});

it('of more tells the first hundred, and how many there are', () => {
  const { errors, total, detail } = problem(10_000);
  expect([errors.length, errors[0]?.field, errors.at(-1)?.field]).toEqual([100, '/0', '/99']);
  expect(total).toBe(10_000);
  expect(detail).toContain('9999 more');
});

it('has that among them by which it is named, wherever it stands', () => {
  const { code, errors } = problem(500, (index) => (index === 499 ? 'invalid' : 'conflict'));
  expect([code, errors[0]?.field, errors[1]?.field]).toEqual(['invalid', '/499', '/0']);
});
