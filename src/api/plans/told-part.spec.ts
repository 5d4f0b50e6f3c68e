import { expect, it } from 'vitest';
import { MOST_TEXT, MOST_TOLD, toldPart } from './told-part.js';

it('is all of what is little', () => {
  expect(toldPart([])).toEqual({ told: [], leftOut: 0 });
  expect(toldPart([1, 2])).toEqual({ told: [1, 2], leftOut: 0 });
});

it('is the first of many things, and says how many are left out', () => {
  const many = Array.from({ length: MOST_TOLD + 7 }, (_, at) => at);
  const { told, leftOut } = toldPart(many);
  expect([told.length, told.at(-1), leftOut]).toEqual([MOST_TOLD, MOST_TOLD - 1, 7]);
});

it('is the first of large things, and one in any case', () => {
  const third = 'x'.repeat(MOST_TEXT / 3);
  expect(toldPart([third, third, third, third])).toEqual({ told: [third, third], leftOut: 2 });
  const larger = 'x'.repeat(MOST_TEXT);
  expect(toldPart([larger, larger])).toEqual({ told: [larger], leftOut: 1 });
});
