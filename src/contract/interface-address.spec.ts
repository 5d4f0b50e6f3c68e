import { expect, it } from 'vitest';
import { isInterfaceAddress } from './interface-address.js';

it.each(['192.0.2.11/24', '192.0.2.11/0', '2001:db8::11/128', 'fe80::1/64', '::ffff:192.0.2.1/96'])(
  'takes %s',
  (text) => expect(isInterfaceAddress(text)).toBe(true),
);

it.each([
  '192.0.2.11',
  '192.0.2.11/33',
  '192.0.2.11/024',
  '010.0.0.1/24',
  '09.0.0.1/24',
  '1::2::3/64',
  '2001:db8::11/129',
  'fe80::1%eth0/64',
  '192.0.2.11/24\n',
  '/24',
])('refuses %j', (text) => expect(isInterfaceAddress(text)).toBe(false));
