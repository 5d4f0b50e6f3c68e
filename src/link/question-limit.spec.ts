import { expect, it } from 'vitest';
import { QuestionLimit } from './question-limit.js';

it('lets four be answered at once, and one more when one is done', () => {
  const limit = new QuestionLimit();
  expect([1, 2, 3, 4, 5].map(() => limit.begin(0))).toEqual([true, true, true, true, false]);
  limit.end();
  expect(limit.begin(0)).toBe(true);
});

it('lets twenty come one after the other, and then five a second', () => {
  const limit = new QuestionLimit();
  const answered = (count: number, atMs: number) =>
    Array.from({ length: count }, () => {
      const taken = limit.begin(atMs);
      if (taken) limit.end();
      return taken;
    }).filter(Boolean).length;
  expect(answered(100, 0)).toBe(20);
  expect(answered(100, 1_000)).toBe(5);
  expect(answered(100, 1_100)).toBe(0);
  expect(answered(100, 3_600_000)).toBe(20);
});
