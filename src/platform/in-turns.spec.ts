import { expect, it } from 'vitest';
import { mapInTurns } from './in-turns.js';
import { turnsOfOthers } from './turns-of-others.fake.js';

const numbers = Array.from({ length: 1_000 }, (_, index) => index);

it('maps all of them, each with its place', async () => {
  expect(await mapInTurns(numbers, 7, (each, index) => each * 1_000 + index)).toEqual(
    numbers.map((each) => each * 1_001),
  );
  expect(await mapInTurns([], 7, String)).toEqual([]);
});

it.each([
  [1_000, 0],
  [250, 3],
  [10, 99],
])('%i at once lets others have %i turns', async (atOnce, turns) => {
  expect(await turnsOfOthers(() => mapInTurns(numbers, atOnce, String))).toBe(turns);
});
