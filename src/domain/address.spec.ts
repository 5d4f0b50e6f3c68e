import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefused, knownAddress, parseUsableAddress, subnetContains } from './address.js';

describe('an address is taken and stored in its canonical form', () => {
  it.each([
    ['192.0.2.200', '192.0.2.200'],
    ['10.9.0.100', '10.9.0.100'],
    ['223.255.255.254', '223.255.255.254'],
    ['2001:db8::200', '2001:db8::200'],
    ['2001:DB8::200', '2001:db8::200'],
    ['2001:db8:0::1', '2001:db8::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['fd00::1', 'fd00::1'],
    ['2001:db8:1:2:3:4:5::', '2001:db8:1:2:3:4:5:0'],
  ])('%s is %s', (text, canonical) => {
    expect(parseUsableAddress(text)).toBe(canonical);
  });
});

describe('an address that is not usable is refused with its reason', () => {
  it.each([
    ['010.9.0.100', 'ambiguous-spelling'],
    ['192.0.2.01', 'ambiguous-spelling'],
    ['192.0.2', 'ambiguous-spelling'],
    ['3221225985', 'ambiguous-spelling'],
    ['0xc0000201', 'ambiguous-spelling'],
    ['0xc0.0.2.1', 'ambiguous-spelling'],
    ['192.0.2.256', 'ambiguous-spelling'],
    ['192.0.2.1/24', 'not-an-address'],
    ['192.0.2.1\n', 'not-an-address'],
    [' 192.0.2.1', 'not-an-address'],
    ['192.0.2.1 ', 'not-an-address'],
    ['192.0.2.1.', 'not-an-address'],
    ['192.0.2.1\0', 'not-an-address'],
    ['१९२.0.2.1', 'not-an-address'],
    ['localhost', 'not-an-address'],
    ['192.0.2.1-192.0.2.9', 'not-an-address'],
    ['', 'not-an-address'],
    ['\ud800', 'not-an-address'],
    ['fe80::1%eth0', 'zone-id'],
    ['2001:db8::1%1', 'zone-id'],
    ['::ffff:192.0.2.1', 'v4-in-v6'],
    ['::ffff:c000:201', 'v4-in-v6'],
    ['::192.0.2.1', 'v4-in-v6'],
    ['::c000:201', 'v4-in-v6'],
    ['64:ff9b::192.0.2.1', 'v4-in-v6'],
    ['64:ff9b::c000:201', 'reserved'],
    ['[2001:db8::1]', 'not-an-address'],
    ['2001:db8::1::2', 'not-an-address'],
    ['2001:db8:1:2:3:4:5', 'not-an-address'],
    ['2001:db8:1:2:3:4:5:6:7', 'not-an-address'],
    ['2001:db8:1:2:3:4:5:6::', 'not-an-address'],
    ['2001:db8:00001::1', 'not-an-address'],
    ['2001:db8:::1', 'not-an-address'],
    ['2001:db8::1:', 'not-an-address'],
    [':2001:db8::1', 'not-an-address'],
    [':', 'not-an-address'],
    ['::', 'unspecified'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['fec0::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['100::1', 'reserved'],
  ])('%j: %s', (text, reason) => {
    expect(parseUsableAddress(text)).toMatchObject({ reason });
  });

  it('says what to write instead', () => {
    const parsed = parseUsableAddress('010.9.0.100');
    expect(parsed).toMatchObject({ hint: expect.stringContaining('192.0.2.200') });
  });

  it('looks at a huge text without hanging', () => {
    expect(parseUsableAddress(`${'1.'.repeat(500_000)}1`)).toMatchObject({ reason: 'not-an-address' });
    expect(parseUsableAddress(':'.repeat(500_000))).toMatchObject({ reason: 'not-an-address' });
  });
});

const ADDRESS_LIKE = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEFx:.%/ '), maxLength: 45 });

describe('whatever is typed', () => {
  it('is never taken when the platform does not take it, and then only as a fixed point', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), ADDRESS_LIKE, fc.ipV4(), fc.ipV6()), (text) => {
        const parsed = parseUsableAddress(text);
        if (isRefused(parsed)) return;
        expect(isIP(text)).not.toBe(0);
        expect(parseUsableAddress(parsed)).toBe(parsed);
        expect(knownAddress(parsed)).toBe(parsed);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has the canonical text that the URL standard gives an IPv6 host', () => {
    const group = fc.oneof(
      fc.constant('0'),
      fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16)),
    );
    const groups = fc.array(group, { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(groups, (rest) => {
        const text = `2001:${rest.join(':')}`;
        expect(`[${String(parseUsableAddress(text))}]`).toBe(new URL(`http://[${text}]`).hostname);
      }),
    );
  });

  it('is refused in every spelling with a leading zero that is not canonical IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 3 }), (text, at) => {
        const spelled = text.split('.').map((part, index) => (index === at ? `0${part}` : part));
        expect(isRefused(parseUsableAddress(spelled.join('.')))).toBe(true);
      }),
    );
  });
});

describe('an address from the store', () => {
  it('is refused when it is not canonical', () => {
    expect(() => knownAddress('2001:DB8::1')).toThrow(TypeError);
    expect(() => knownAddress('127.0.0.1')).toThrow(TypeError);
  });
});

describe('a subnet', () => {
  it.each([
    ['192.0.2.1/24', '192.0.2.200', true],
    ['192.0.2.1/25', '192.0.2.200', false],
    ['192.0.2.1/32', '192.0.2.1', true],
    ['0.0.0.0/0', '198.51.100.1', true],
    ['2001:db8::1/64', '2001:db8::ffff', true],
    ['2001:db8::1/64', '2001:db8:0:1::1', false],
    ['2001:db8::1/64', '192.0.2.1', false],
    ['192.0.2.1', '192.0.2.1', false],
  ])('%s holds %s: %s', (subnet, address, held) => {
    expect(subnetContains(subnet, address)).toBe(held);
  });
});
