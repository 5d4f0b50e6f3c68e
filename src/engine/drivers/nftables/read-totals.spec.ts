import { expect, it } from 'vitest';
import { parseReading } from './element-reader.js';
import { TOTAL_REQUESTS, totalsOf } from './read-totals.js';

const PRINTED = `get services4 c00002c80600000000500000 01000000 12 720 -
get ranges6 20010db80000000000000000000000010600000000500000 05000000 3 300 -
count flows4 01000000 2
count claims4 01000000 1
count flows6 09000000 4
`;

it('adds up the flows of each service over the maps that remember them', () => {
  expect([...totalsOf(parseReading(`${PRINTED}done\n`)).byNumber]).toEqual([
    [1, { packets: 12, bytes: 720, flows: 3 }],
    [5, { packets: 3, bytes: 300, flows: 0 }],
  ]);
});

it('tells no flows where the time was up, for some would be missing', () => {
  expect(totalsOf(parseReading(`${PRINTED}late\n`)).byNumber.get(1)).toEqual({
    packets: 12,
    bytes: 720,
    flows: null,
  });
});

it('looks at every map of services before any of flows', () => {
  expect(TOTAL_REQUESTS.slice(0, 4)).toEqual([
    'all services4',
    'all ranges4',
    'all services6',
    'all ranges6',
  ]);
  expect(TOTAL_REQUESTS).toHaveLength(12);
});
