import { describe, expect, it } from 'vitest';
import { sampleSeen } from './seen-service.fake.js';
import { numberKey } from './kernel-keys.js';
import { routeOf } from './read-route.js';

const SLOT = 3;
const counts = { packets: null, bytes: null };
const flow = (map: string, server: number) => ({
  map,
  key: '',
  value: numberKey(server),
  ...counts,
  expiresInMs: 1_000,
});
const slot = (server: number) => ({ ...flow('slots', server), expiresInMs: null });
const reachable = (server: number) => ({
  ...flow('backends4.eth0', 0),
  key: numberKey(server),
});

describe('a packet', () => {
  const seen = sampleSeen();

  it('goes where its flow is remembered, the first map first', () => {
    const found = [flow('claims4', 12), flow('flows4', 11), slot(12), reachable(11), reachable(12)];
    expect(routeOf(seen, found, SLOT)).toEqual({
      kind: 'route',
      reason: 'established',
      server: 11,
      address: '192.0.2.11',
      slot: SLOT,
      expiresInMs: 1_000,
    });
  });

  it('goes where its slot says when the server of its flow is gone', () => {
    const found = [flow('flows4', 11), slot(12), reachable(12)];
    expect(routeOf(seen, found, SLOT)).toMatchObject({ reason: 'slot', server: 12, expiresInMs: null });
  });

  it('goes where its source is remembered, as long as that server takes new flows', () => {
    const found = [flow('sources', 12), slot(11), reachable(11), reachable(12)];
    expect(routeOf(seen, found, SLOT)).toMatchObject({ reason: 'persistence', server: 12 });
    const servers = seen.body.servers.map((each) => (each.number === 12 ? { ...each, weight: 0 } : each));
    expect(routeOf(sampleSeen({ servers }), found, SLOT)).toMatchObject({ reason: 'slot', server: 11 });
  });

  it('goes where it is the turn, which nobody knows before', () => {
    expect(routeOf(seen, [slot(11), reachable(11)], null)).toMatchObject({ reason: 'turn', server: null });
  });

  it('goes nowhere without flow and slot', () => {
    expect(routeOf(seen, [reachable(11)], SLOT)).toMatchObject({
      reason: 'no-server',
      server: null,
      slot: null,
    });
  });
});
