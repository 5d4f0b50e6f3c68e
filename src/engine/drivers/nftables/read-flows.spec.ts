import { expect, it } from 'vitest';
import { clientOfConnection, clientOfConversation, connectionKey, conversationKey } from './kernel-keys.js';
import { flowRequests, flowsOf } from './read-flows.js';
import { sampleSeen } from './seen-service.fake.js';

const QUESTION = { kind: 'flows', service: 'a', limit: 2 } as const;
const CLIENT = { source: '198.51.100.10', sourcePort: 4001 };
const KEY = connectionKey(CLIENT, { address: '192.0.2.200', port: 80 }, 4, 1);

it('spells a client as the kernel does, and reads it back', () => {
  expect(KEY).toBe('c633640ac00002c80fa10050');
  expect(clientOfConnection(KEY)).toEqual(CLIENT);
  const conversation = conversationKey(CLIENT, 1, 4, 1);
  expect(conversation).toBe('01000000c633640a0f000000a1000000');
  expect(clientOfConversation(conversation)).toEqual(CLIENT);
});

it('asks every map of TCP at first, and goes on where a page ended', () => {
  expect(flowRequests(sampleSeen(), QUESTION)).toEqual([
    'scan flows4 - - 0b000000,0c000000 2',
    'scan pending4 - - 0b000000,0c000000 2',
    'scan claims4 - - 0b000000,0c000000 2',
  ]);
  expect(flowRequests(sampleSeen(), { ...QUESTION, after: `1${KEY}`, server: 11 })).toEqual([
    `scan pending4 - ${KEY} 0b000000 2`,
    'scan claims4 - - 0b000000 2',
  ]);
});

it('looks for one source by how keys begin, and for datagrams in their own map', () => {
  const question = { ...QUESTION, source: '198.51.100.10', server: 11 };
  expect(flowRequests(sampleSeen(), question)[0]).toBe('scan flows4 c633640a - 0b000000 2');
  expect(flowRequests(sampleSeen({ protocol: 'udp' }), { ...QUESTION, source: '198.51.100.10' })).toEqual([
    'scan datagrams4 01000000c633640a - - 2',
  ]);
});

it('asks no map where packets go straight', () => {
  expect(flowRequests(sampleSeen({ flowAffinity: false }), QUESTION)).toEqual([]);
  expect(flowRequests(sampleSeen({ flowAffinity: false, endPort: 81 }), QUESTION)).toHaveLength(3);
});

it('shows as many as were asked for, and counts all', () => {
  const found = ['claims4', 'flows4', 'flows4'].map((map) => ({
    map,
    key: KEY,
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
