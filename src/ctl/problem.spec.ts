import { expect, it } from 'vitest';
import { EXIT } from './exit-codes.js';
import { Refused } from './problem.js';

const problem = (status: number, code: string, more: object = {}) =>
  Refused.from(status, JSON.stringify({ status, code, detail: 'No.', ...more }));

it.each([
  [404, 'not-found', EXIT.notFound],
  [409, 'approval-required', EXIT.needsApproval],
  [409, 'virtual-service-overlaps', EXIT.refused],
  [412, 'precondition-failed', EXIT.refused],
  [503, 'database-unavailable', EXIT.failed],
])('a %d %s ends with %d', (status, code, exitCode) => {
  expect(problem(status, code).exitCode).toBe(exitCode);
});

it('tells each thing that is wrong, where, and what to do', () => {
  const errors = [
    { field: '/port', message: 'It is out of range.', hint: '1 to 65535.' },
    { field: null, message: 'And so on.', hint: null },
  ];
  expect(problem(400, 'invalid-request', { errors, requestId: 'r-1' }).message).toBe(
    [
      '400 invalid-request',
      '  /port: It is out of range.',
      '    1 to 65535.',
      '  And so on.',
      '  request id r-1',
    ].join('\n'),
  );
});

it('says how to approve what needs a word', () => {
  expect(problem(409, 'approval-required', { plan: { approve: 'c0ffee' } }).message).toContain(
    '--approve c0ffee',
  );
});

it('takes what a proxy answers for what it is', () => {
  const refused = Refused.from(502, '<html>Bad Gateway</html>');
  expect(refused.exitCode).toBe(EXIT.failed);
  expect(refused.message).toContain('502');
});
