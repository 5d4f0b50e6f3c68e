import { expect, it } from 'vitest';
import { datapathLines, datapathResult, datapathTable } from './datapath-result.js';

/** Packets that take so long each, by way. */
const round = (nanoseconds: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(nanoseconds).map(([name, each]) => [name, { nanoseconds: each, perSecond: 1e9 / each }]),
  );

const ways = {
  routing: 1_000,
  without1: 1_600,
  hash1: 2_000,
  without10000: 1_600,
  with1: 3_000,
  with10000: 3_000,
};

it('compares neighbours, so that a round in which all was slow counts as the others', () => {
  const slow = Object.fromEntries(Object.entries(ways).map(([name, each]) => [name, each * 5]));
  const found = datapathResult({ rounds: [round(ways), round(slow), round(ways)], nftlbServices: 90 });
  expect(found.ratios).toMatchObject({
    withoutAffinityToHash: 1.25,
    withoutAffinityTo1: 1,
    withAffinityTo1: 1,
  });
  expect(found.ways['with1']).toEqual({
    packetsPerSecond: 333_333,
    nanosecondsPerPacket: 3_000,
    toRouting: 0.33,
  });
});

it('says what was reached and what fell short, and nothing of what was not measured', () => {
  const found = datapathResult({ rounds: [round({ ...ways, with10000: 4_000 })], nftlbServices: null });
  expect(datapathLines(found).map((line) => line.slice(0, 10))).toEqual([
    'reached   ',
    'not known ',
    'reached   ',
    'FELL SHORT',
  ]);
  expect(datapathTable(found).at(-1)).toContain('nftlb is not here');
});
