import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotCount } from './slot-count.js';

function servers(...weights: number[]): { weight: number }[] {
  return weights.map((weight) => ({ weight }));
}

describe('the number of slots', () => {
  it.each([
    [[], 1],
    [[1000], 1],
    [[0], 1],
    [[1000, 1000], 16],
    [[1000, 1000, 1000], 16],
    [[0, 0], 16],
    [Array<number>(10).fill(1000), 64],
    [[1000, 10], 128],
    [[1000, 1], 1024],
    [[65_535, 1], 4096],
    [Array<number>(1000).fill(1), 4096],
  ])('for weights %j is %i', (weights, slots) => {
    expect(slotCount(servers(...weights))).toBe(slots);
  });

  it('is a power of two from 1 to 4096, with five for each server, and one for the smallest weight', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 300 });
    fc.assert(
      fc.property(weights, (some) => {
        const slots = slotCount(servers(...some));
        expect(Number.isInteger(Math.log2(slots)) && slots >= 1 && slots <= 4096).toBe(true);
        if (some.length < 2 || slots === 4096) return;
        const sum = some.reduce((total, weight) => total + weight, 0);
        expect(slots).toBeGreaterThanOrEqual(5 * some.length);
        for (const weight of some) expect((weight * slots) / (sum || 1) >= 1 || weight === 0).toBe(true);
      }),
    );
  });

  it('does not depend on the order of the servers', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 50 });
    fc.assert(
      fc.property(weights, (some) => {
        expect(slotCount(servers(...some.toReversed()))).toBe(slotCount(servers(...some)));
      }),
    );
  });
});
