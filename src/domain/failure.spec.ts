import { describe, expect, it } from 'vitest';
import { Failed, failure, rulesBroken, type RuleViolation, type ViolationKind } from './failure.js';

function violation(kind: ViolationKind): RuleViolation {
  return { kind, code: `code-${kind}`, field: '/x', message: `message ${kind}`, hint: 'do this' };
}

describe('several broken rules', () => {
  it.each([
    [['conflict', 'unprocessable', 'invalid'], 'invalid'],
    [['conflict', 'unprocessable'], 'unprocessable'],
    [['conflict'], 'conflict'],
  ] as const)('%j are answered as %s', ([first, ...rest], kind) => {
    const violations = [violation(first), ...rest.map(violation)] as const;
    expect(rulesBroken(violations)).toEqual({
      kind,
      code: `code-${kind}`,
      message: `message ${kind}`,
      hint: 'do this',
      violations,
    });
  });
});

describe('a failure', () => {
  it('travels in an error', () => {
    const gone = failure('not-found', 'virtual-service-not-found', 'There is no such virtual service.');
    expect(gone).toMatchObject({ hint: null, violations: [] });
    expect(new Failed(gone)).toMatchObject({ message: 'There is no such virtual service.', failure: gone });
  });
});
