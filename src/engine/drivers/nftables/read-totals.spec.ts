import { expect, it } from 'vitest';
import { parseReading, type Reading } from './element-reader.js';
import { TotalsReader, totalRequests } from './read-totals.js';
import { sampleSeen } from './seen-service.fake.js';

const { body } = sampleSeen();
const service = (number: number, servers: readonly number[]) => ({
  key: `${number}`,
  version: 1,
  revision: 1,
  body: { ...body, number, servers: servers.map((each) => ({ number: each, address: '', weight: 1 })) },
});

/** Packets by server; a packet has 100 octets. */
const reading = (packets: Readonly<Record<string, number>>, end = 'done'): Reading =>
  parseReading(
    [
      ...Object.entries(packets).map(
        ([key, count]) => `get backends4.eth0 ${key}000000 c0000201 ${count} ${count * 100} -`,
      ),
      'count flows4 0b000000 2',
      'count claims4 0c000000 1',
      'count flows6 63000000 4',
      `${end}\n`,
    ].join('\n'),
  );

function reader(): TotalsReader {
  return new TotalsReader({ run: () => Promise.reject(new Error('nothing is to be run')) });
}

it('adds up what the servers of each service have had, and their flows over the maps', () => {
  const services = [service(1, [11, 12]), service(5, [13])];
  const eleven = { packets: 12, bytes: 1_200, flows: 2 };
  const twelve = { packets: 3, bytes: 300, flows: 1 };
  const thirteen = { packets: 7, bytes: 700, flows: 0 };
  expect([...reader().take(services, reading({ '0b': 12, '0c': 3, '0d': 7 })).byNumber]).toEqual([
    [
      1,
      {
        packets: 15,
        bytes: 1_500,
        flows: 3,
        servers: new Map([
          [11, eleven],
          [12, twelve],
        ]),
      },
    ],
    [5, { ...thirteen, servers: new Map([[13, thirteen]]) }],
  ]);
});

it('never goes back when a server leaves or begins to count anew', () => {
  const totals = reader();
  const packets = (servers: readonly number[], counted: Readonly<Record<string, number>>) =>
    totals.take([service(1, servers)], reading(counted)).byNumber.get(1)?.packets;
  expect(packets([11, 12], { '0b': 10, '0c': 20 })).toBe(30);
  expect(packets([11], { '0b': 12 })).toBe(32);
  expect(packets([11], { '0b': 5 })).toBe(37);
  expect(packets([11, 12], { '0b': 6, '0c': 2 })).toBe(40);
});

it('tells no flows where the time was up, for some would be missing', () => {
  const told = reader().take([service(1, [11])], reading({ '0b': 12 }, 'late'));
  expect(told.byNumber.get(1)).toMatchObject({ packets: 12, flows: null });
  expect(told.byNumber.get(1)?.servers.get(11)).toEqual({ packets: 12, bytes: 1_200, flows: null });
});

it('looks at every map of servers before any of flows', () => {
  const requests = totalRequests(['eth0', 'eth1']);
  expect(requests.slice(0, 4)).toEqual([
    'all backends4.eth0',
    'all backends4.eth1',
    'all backends6.eth0',
    'all backends6.eth1',
  ]);
  expect(requests).toHaveLength(12);
});
