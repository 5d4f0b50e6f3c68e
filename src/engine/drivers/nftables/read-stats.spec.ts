import { expect, it } from 'vitest';
import { numberKey } from './kernel-keys.js';
import { countsOn, statsOf, type CounterReading } from './read-stats.js';
import { sampleSeen } from './seen-service.fake.js';

const reading = (atMs: number, one: number, other: number): CounterReading => ({
  atMs,
  counters: new Map([
    [numberKey(11), { packets: one, bytes: one * 100 }],
    [numberKey(12), { packets: other, bytes: other * 100 }],
  ]),
});

it('tells totals as they are, and rates by the time between the readings', () => {
  const counts = [
    { map: 'flows4', what: numberKey(11), count: 2 },
    { map: 'claims4', what: numberKey(11), count: 1 },
    { map: 'flows4', what: numberKey(99), count: 5 },
  ];
  const flows = { found: [], counts, complete: false };
  const told = statsOf(sampleSeen(), [reading(0, 10, 4), reading(2_000, 30, 4)], flows);
  expect(told).toEqual({
    kind: 'stats',
    overMs: 2_000,
    flowsComplete: false,
    service: { packets: 34, bytes: 3_400, packetsPerSecond: 10, bytesPerSecond: 1_000, flows: 8 },
    servers: [
      {
        number: 11,
        address: '192.0.2.11',
        packets: 30,
        bytes: 3_000,
        packetsPerSecond: 10,
        bytesPerSecond: 1_000,
        flows: 3,
      },
      {
        number: 12,
        address: '192.0.2.12',
        packets: 4,
        bytes: 400,
        packetsPerSecond: 0,
        bytesPerSecond: 0,
        flows: 0,
      },
    ],
  });
});

it('goes by no reading from before something began to count anew, or was not there', () => {
  expect(countsOn(reading(0, 10, 4), reading(1, 10, 4))).toBe(true);
  expect(countsOn(reading(0, 10, 4), reading(1, 12, 0))).toBe(false);
  expect(countsOn({ atMs: 0, counters: new Map() }, reading(1, 12, 0))).toBe(false);
});
