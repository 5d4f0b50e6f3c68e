import { describe, expect, it } from 'vitest';
import { isLinkLocal } from './link-local.js';

describe('a link-local address', () => {
  it.each([
    ['fe80::1', true],
    ['febf::1', true],
    ['169.254.1.1', true],
    ['fec0::1', false],
    ['192.0.2.1', false],
  ])('%s: %s', (address, expected) => expect(isLinkLocal(address)).toBe(expected));
});
