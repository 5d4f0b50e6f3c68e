import { describe, expect, it } from 'vitest';
import { isCanonicalAddress } from './canonical-address.js';

describe('isCanonicalAddress', () => {
  it.each([
    '192.0.2.200',
    '0.0.0.0',
    '255.255.255.255',
    '2001:db8::200',
    '::1',
    'fe80::1',
    '2001:db8:0:1:1:1:1:1',
  ])('takes %s', (text) => expect(isCanonicalAddress(text)).toBe(true));

  it.each([
    '',
    '010.9.0.100',
    '10.9.100',
    '0xa.9.0.100',
    '3232235777',
    '192.0.2.200/32',
    ' 192.0.2.200',
    '192.0.2.200\n',
    '192.0.2.256',
    'localhost',
    '2001:DB8::200',
    '2001:db8:0:0:0:0:0:200',
    '2001:db8::0200',
    'fe80::1%eth0',
    '::ffff:192.0.2.1',
    '::ffff:c000:201',
    '2001:db8::200/128',
    ':::',
    '192.0.2.200 dev eth0',
  ])('refuses %j', (text) => expect(isCanonicalAddress(text)).toBe(false));
});
