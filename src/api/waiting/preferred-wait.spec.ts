import { expect, it } from 'vitest';
import { preferredWait } from './preferred-wait.js';

it.each<[string | undefined, number | null]>([
  ['wait=30', 30],
  ['WAIT = 5', 5],
  ['wait="7"', 7],
  ['respond-async, wait=100', 60],
  ['return=minimal; foo="x", wait=9; bar', 9],
  ['wait=1, wait=20', 1],
  ['wait=0', null],
  ['wait=-1', null],
  ['wait=1.5', null],
  ['wait', null],
  ['wait=, wait=20', null],
  ['waiting=5', null],
  ['', null],
  [undefined, null],
])('Prefer: %s is to wait for %s seconds', (prefer, seconds) => {
  expect(preferredWait(prefer)).toBe(seconds);
});
