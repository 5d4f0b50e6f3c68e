import { expect, it } from 'vitest';
import { clientKey, clientOf } from './kernel-keys.js';
import { flowRequests, flowsOf } from './read-flows.js';
import { sampleSeen } from './seen-service.fake.js';

const QUESTION = { kind: 'flows', service: 'a', limit: 2 } as const;
const KEY = clientKey({ source: '198.51.100.10', sourcePort: 4001 }, 4, 1);

it('spells a client as the kernel does, and reads it back', () => {
  expect(KEY).toBe('c633640a0f000000a1000000');
  expect(clientOf(KEY)).toEqual({ source: '198.51.100.10', sourcePort: 4001 });
});

it('asks every map of TCP at first, and goes on where a page ended', () => {
  expect(flowRequests(sampleSeen(), QUESTION)).toEqual([
    'scan flows4 01000000 - - - 2',
    'scan pending4 01000000 - - - 2',
    'scan claims4 01000000 - - - 2',
  ]);
  expect(flowRequests(sampleSeen(), { ...QUESTION, after: `1${KEY}`, server: 11 })).toEqual([
    `scan pending4 01000000 ${KEY} 0b000000 - 2`,
    'scan claims4 01000000 - 0b000000 - 2',
  ]);
});

it('looks for one source by how its keys begin, and for datagrams in their own map', () => {
  const question = { ...QUESTION, source: '198.51.100.10' };
  expect(flowRequests(sampleSeen({ protocol: 'udp' }), question)).toEqual([
    'scan datagrams4 01000000 - - c633640a 2',
  ]);
});

it('shows as many as were asked for, and counts all', () => {
  const found = ['claims4', 'flows4', 'flows4'].map((map) => ({
    map,
    key: `01000000${KEY}`,
    value: '0d000000',
    packets: null,
    bytes: null,
    expiresInMs: 5,
  }));
  const counts = [
    { map: 'flows4', what: '0b000000', count: 2 },
    { map: 'claims4', what: '0b000000', count: 7 },
  ];
  const told = flowsOf(sampleSeen(), { found, counts, complete: true }, 2);
  expect(told).toMatchObject({ total: 9, complete: true });
  expect(told.flows).toHaveLength(2);
  expect(told.flows[0]).toEqual({
    key: `0${KEY}`,
    state: 'established',
    source: '198.51.100.10',
    sourcePort: 4001,
    server: 13,
    address: null,
    expiresInMs: 5,
  });
});
