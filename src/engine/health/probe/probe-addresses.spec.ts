import fc from 'fast-check';
import { BlockList, isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  MOST_HOSTS,
  MOST_SEGMENTS,
  PROBE_NETWORK4,
  PROBE_NETWORK6,
  probeAddress,
  probeMac,
  probeNetwork,
} from './probe-addresses.js';

const segment = fc.integer({ min: 0, max: MOST_SEGMENTS - 1 });
const host = fc.integer({ min: 1, max: MOST_HOSTS });
const vip = fc.constantFrom('192.0.2.200', '2001:db8::200');

describe('a socket of the probe', () => {
  it('has an address of its segment, and of the network that is local to the namespace', () => {
    fc.assert(
      fc.property(vip, segment, host, (to, s, h) => {
        const address = probeAddress(to, s, h);
        expect(isIP(address)).toBe(isIP(to));
        expect(within(address, probeNetwork(to, s))).toBe(true);
        expect(within(address, isIP(to) === 4 ? PROBE_NETWORK4 : PROBE_NETWORK6)).toBe(true);
        expect(within(address, probeNetwork(to, (s + 1) % MOST_SEGMENTS))).toBe(false);
      }),
    );
  });

  it('tells the host by the end of its address', () => {
    fc.assert(
      fc.property(segment, host, (s, h) => {
        const [a = 0, b = 0, c = 0, d = 0] = probeAddress('192.0.2.1', s, h).split('.').map(Number);
        expect((((a << 24) | (b << 16) | (c << 8) | d) & MOST_HOSTS) >>> 0).toBe(h);
        const [high = '', low = ''] = probeAddress('2001:db8::1', s, h).split(':').slice(-2);
        expect(((Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16)) & MOST_HOSTS).toBe(h);
        expect(Number.parseInt(probeMac(h).replaceAll(':', '').slice(4), 16)).toBe(h);
      }),
    );
  });
});

function within(address: string, network: string): boolean {
  const [base = '', length] = network.split('/');
  const list = new BlockList();
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  list.addSubnet(base, Number(length), family);
  return list.check(address, family);
}
