import fc from 'fast-check';
import { expect, it } from 'vitest';
import { turnTable } from './turn-table.js';

const of = (...weights: number[]) => weights.map((weight, index) => ({ number: index + 1, weight }));

it.each([
  [of(1, 1), 4, [1, 2, 1, 2]],
  [of(3, 1), 8, [1, 1, 2, 1, 1, 1, 2, 1]],
  [of(1, 0, 1), 4, [1, 3, 1, 3]],
  [of(0), 4, []],
  [of(), 4, []],
])('servers %j take %i turns in the order %j', (servers, slots, table) => {
  expect(turnTable(servers, slots)).toEqual(table);
});

it('every server has its share to within one turn, and the order of servers does not matter', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(weights, (some) => {
      const servers = of(...some);
      const table = turnTable(servers, 256);
      expect(turnTable(servers.toReversed(), 256)).toEqual(table);
      const sum = some.reduce((total, weight) => total + weight, 0);
      if (sum === 0) return;
      for (const { number, weight } of servers) {
        const turns = table.filter((each) => each === number).length;
        expect(Math.abs(turns - (256 * weight) / sum)).toBeLessThan(1);
      }
    }),
  );
});

it('no server waits much longer between two turns than its share says', () => {
  const table = turnTable(of(5, 3, 2, 1, 1), 192);
  for (const number of [1, 2, 3, 4, 5]) {
    const places = table.flatMap((server, slot) => (server === number ? [slot] : []));
    const gaps = places.map((place, index) => place - (places[index - 1] ?? place));
    expect(Math.max(...gaps)).toBeLessThan((2 * 192) / places.length);
  }
});
