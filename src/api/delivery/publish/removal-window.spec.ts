import { expect, it } from 'vitest';
import { judgeRemoval, type RemovalWindow } from './removal-window.js';

const START = new Date('2026-01-01T00:00:00Z');
const after = (minutes: number) => new Date(START.getTime() + minutes * 60_000);

/** Removes one by one, a second apart. @returns how many may go without a word. */
function removable(services: number, comingEach = 0): number {
  let window: RemovalWindow | null = null;
  let [bodies, arrivals] = [services, 500];
  for (let gone = 0; gone < services; gone++) {
    const judged = judgeRemoval({ bodies, arrivals }, window, 1, new Date(START.getTime() + gone * 1_000));
    if (judged.isLarge) return gone;
    window = judged.window;
    bodies += comingEach - 1;
    arrivals += comingEach;
  }
  return services;
}

it('one by one no more may go than at once: ten, or a quarter of what there was', () => {
  expect([removable(12), removable(40), removable(400)]).toEqual([10, 10, 100]);
});

it('who makes as many as they delete is never asked', () => {
  expect(removable(300, 1)).toBe(300);
});

it('what went more than ten minutes ago does not count', () => {
  const window = { since: START, removed: 10, arrivals: 0 };
  const counted = { bodies: 30, arrivals: 0 };
  expect(judgeRemoval(counted, window, 1, after(9.9))).toMatchObject({ lost: 11, of: 40, isLarge: true });
  expect(judgeRemoval(counted, window, 1, after(10))).toMatchObject({
    lost: 1,
    isLarge: false,
    window: { since: after(10), removed: 1 },
  });
});
