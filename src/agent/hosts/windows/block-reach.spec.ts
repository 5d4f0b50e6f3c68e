import { describe, expect, it } from 'vitest';
import { blockReach } from './block-reach.js';
import type { ObservedBlock } from './filters.js';

const VIP = '192.0.2.200';
const VIP6 = '2001:db8::200';
const MEDIA = { protocol: 'udp', port: 8000, endPort: 8010 } as const;
const EVERYTHING: ObservedBlock = {
  name: 'a rule',
  protocol: 'Any',
  ports: 'Any',
  address: 'Any',
  narrowed: ['Any', 'Any'],
};

const reach = (block: Partial<ObservedBlock>, vip = VIP) =>
  blockReach({ ...EVERYTHING, ...block }, vip, MEDIA);

describe('a rule that blocks', () => {
  it.each([
    {},
    { protocol: 'UDP' },
    { protocol: '17' },
    { ports: '8000-8010' },
    { ports: '53 7000-9000' },
    { address: VIP },
    { address: `198.51.100.1 ${VIP}` },
    { protocol: 'UDP', ports: '1-65535', address: VIP },
  ])('reaches all of a service: %j', (block) => expect(reach(block)).toBe('all'));

  it.each([
    { protocol: 'TCP' },
    { protocol: '6' },
    { protocol: 'ICMPv4' },
    { ports: '53' },
    { ports: '53 8011-8020' },
    { ports: '7000-7999' },
    { address: '198.51.100.1' },
    { address: '198.51.100.1 2001:db8::1' },
    { protocol: 'TCP', narrowed: ['C:\\server.exe'] },
  ])('reaches nothing of it: %j', (block) => expect(reach(block)).toBe('nothing'));

  it.each([
    { ports: '8005' },
    { ports: '8010-9000' },
    { ports: 'RPC' },
    { ports: '' },
    { address: '192.0.2.0/255.255.255.0' },
    { address: '192.0.2.1-192.0.2.255' },
    { address: 'LocalSubnet' },
    { address: '' },
    { protocol: '' },
    { protocol: 'NotKnown' },
    { narrowed: ['Any', 'C:\\server.exe'] },
    { narrowed: ['Public', 'Any'] },
    { narrowed: [''] },
  ])('reaches some of it, or who knows: %j', (block) => expect(reach(block)).toBe('some'));

  it('is of one family where its address is', () => {
    expect(reach({ address: VIP6 }, VIP6)).toBe('all');
    expect(reach({ address: VIP }, VIP6)).toBe('nothing');
  });
});
