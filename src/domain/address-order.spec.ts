import { expect, it } from 'vitest';
import { knownAddress } from './address.js';
import { addressSortKey } from './address-order.js';

it('puts IPv4 before IPv6, and each in the order of numbers', () => {
  const sorted = [
    '9.0.0.1',
    '10.0.0.2',
    '10.0.0.10',
    '192.0.2.1',
    '2001:db8::9',
    '2001:db8::10',
    '2001:db8:0:1::',
    'fd00::1',
  ].map(knownAddress);
  const shuffled = sorted.toReversed();
  expect(shuffled.sort((a, b) => (addressSortKey(a) < addressSortKey(b) ? -1 : 1))).toEqual(sorted);
});
