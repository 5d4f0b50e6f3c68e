import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotTable } from './slot-table.js';

const seeds = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const slotCounts = fc.integer({ min: 0, max: 9 }).map((power) => 2 ** power);
const servers = (least: number) =>
  fc.uniqueArray(
    fc.record({
      number: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      weight: fc.integer({ min: 0, max: 65_535 }),
    }),
    { minLength: least, maxLength: 12, selector: ({ number }) => number },
  );
const runs = { numRuns: 150 };

function countOf(table: readonly number[], server: number): number {
  return table.filter((each) => each === server).length;
}

function alike(count: number) {
  return Array.from({ length: count }, (_, index) => ({ number: 101 + index * 7, weight: 1000 }));
}

/** Slots of servers other than `server` that name another server in `after`. */
function strangersMoved(before: readonly number[], after: readonly number[], server: number): number {
  return before.filter((each, slot) => each !== server && after[slot] !== server && after[slot] !== each)
    .length;
}

describe('the slot table', () => {
  it('honours every weight to within one slot', () => {
    fc.assert(
      fc.property(servers(1), slotCounts, seeds, (all, slots, seed) => {
        const total = all.reduce((sum, { weight }) => sum + weight, 0);
        const table = slotTable(all, slots, seed);
        expect(table).toHaveLength(total === 0 ? 0 : slots);
        for (const { number, weight } of total === 0 ? [] : all) {
          expect(Math.abs(countOf(table, number) - (slots * weight) / total)).toBeLessThan(1);
        }
      }),
      runs,
    );
  });

  it('gives a server without weight no slot at all', () => {
    const table = slotTable([...alike(3), { number: 5, weight: 0 }], 64, 7);
    expect(countOf(table, 5)).toBe(0);
  });

  it('does not depend on the order of the servers', () => {
    fc.assert(
      fc.property(servers(2), slotCounts, seeds, (all, slots, seed) => {
        expect(slotTable(all.toReversed(), slots, seed)).toEqual(slotTable(all, slots, seed));
      }),
      runs,
    );
  });

  it('is the one that directors of earlier versions make', () => {
    const all = [3, 500, 70_000, 2 ** 31 - 1].map((number, index) => ({ number, weight: 1 + index * 900 }));
    expect(slotTable(all, 16, 4711).join(' ')).toBe(
      '2147483647 70000 2147483647 70000 500 2147483647 2147483647 70000 2147483647 2147483647 500 500 70000 2147483647 70000 2147483647',
    );
    const digest = createHash('sha256')
      .update(slotTable(alike(300), 4096, 9).join(' '))
      .digest('hex');
    expect(digest).toBe('d91ba262f5fb3a2467982a9b849a90569c2bb530da9c840f121ba259cd64a7f4');
  });

  it('spreads differently under another seed', () => {
    expect(slotTable(alike(10), 64, 1)).not.toEqual(slotTable(alike(10), 64, 2));
  });

  it('keeps the slots of the servers that stay when one leaves or comes, but for a few', () => {
    for (const [count, slots, bound] of [
      [3, 64, 0.15],
      [10, 64, 0.2],
      [10, 256, 0.1],
      [10, 1024, 0.05],
    ] as const) {
      for (let seed = 1; seed <= 20; seed++) {
        const all = alike(count);
        const whole = slotTable(all, slots, seed * 77);
        const leaving = all[seed % count]?.number ?? 0;
        const rest = slotTable(
          all.filter(({ number }) => number !== leaving),
          slots,
          seed * 77,
        );
        expect(strangersMoved(whole, rest, leaving) / slots).toBeLessThan(bound);
        expect(strangersMoved(rest, whole, leaving) / slots).toBeLessThan(bound);
      }
    }
  });

  it('moves the flows of others far less than a plain modulo does', () => {
    const modulo = (count: number) => Array.from({ length: 64 }, (_, slot) => 101 + (slot % count) * 7);
    expect(strangersMoved(modulo(10), modulo(9), 101 + 9 * 7) / 64).toBeGreaterThan(0.5);
  });

  it('is made quickly: two thousand services of ten servers in a second', () => {
    const all = alike(10);
    const before = process.cpuUsage();
    for (let seed = 1; seed <= 2_000; seed++) slotTable(all, 64, seed);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000);
  });
});
