import { expect, it } from 'vitest';
import { MOST_PAIRS, roomForSlots, type Placed } from './room-for-slots.js';

const SLOTS = 4_096;

/** With so many pairs, of before and after together. */
function service(pairs: number): Placed {
  const server = { number: 1, address: '192.0.2.11', weight: 1 };
  const body = { slots: SLOTS, servers: Array.from({ length: Math.ceil(pairs / SLOTS / 2) }, () => server) };
  return { before: body, settled: body };
}

it('is enough for thousands of small services', () => {
  const small = Array.from({ length: 1_000 }, () => service(2 * SLOTS));
  expect(roomForSlots(small)).toEqual(small);
  expect(roomForSlots([])).toEqual([]);
});

it('ends where the slots of the next service are too many, and one has room in any case', () => {
  const third = service(MOST_PAIRS / 3 - SLOTS);
  expect(roomForSlots([third, third, third, third])).toHaveLength(3);
  const huge = service(2 * MOST_PAIRS);
  expect(roomForSlots([huge, third])).toEqual([huge]);
  expect(roomForSlots([third, huge, third])).toEqual([third]);
});

it('counts what is not there for nothing', () => {
  const gone = { before: service(MOST_PAIRS / 2 - 2 * SLOTS).before, settled: null };
  expect(roomForSlots([gone, gone, gone, gone, gone])).toHaveLength(4);
});
