import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { isCanonicalAddress } from '../contract/canonical-address.js';
import type { VipDocument } from '../contract/documents.js';
import { SETUP_PARTS } from './setup-part.js';
import { SETUP_OSES, setupScript } from './setup-script.js';

const SERVICE = { protocol: 'tcp', port: 80, endPort: 80 } as const;
const VIP = { kind: 'vip', address: '192.0.2.200', services: [SERVICE] } as const;

/** What a script says of an address is told by it alone: every other line is the same for every VIP. */
const neutral = (script: string, address: string): string =>
  script.replaceAll(address, 'VIP').replaceAll(address.replaceAll(':', '-'), 'VIP');

describe('a script for people', () => {
  it('differs from VIP to VIP in nothing but the VIP', () => {
    const address = fc.ipV4().filter(isCanonicalAddress);
    const script = (os: (typeof SETUP_OSES)[number], vip: string, part: (typeof SETUP_PARTS)[number]) =>
      neutral(setupScript(os, { ...VIP, address: vip }, part), vip);
    fc.assert(
      fc.property(
        fc.constantFrom(...SETUP_OSES),
        fc.constantFrom(...SETUP_PARTS),
        address,
        (os, part, vip) => {
          expect(script(os, vip, part)).toBe(script(os, VIP.address, part));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is not made of what the contract does not promise', () => {
    const text = fc.oneof(anyText(), fc.constant("1.2.3.4'; reboot #"));
    const bad = fc.oneof(
      text.filter((each) => !isCanonicalAddress(each)).map((address) => ({ ...VIP, address })),
      text.map((port) => ({ ...VIP, services: [{ ...SERVICE, port }] })),
      text.map((protocol) => ({ ...VIP, services: [{ ...SERVICE, protocol }] })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...SETUP_OSES), fc.constantFrom(...SETUP_PARTS), bad, (os, part, vip) => {
        expect(() => setupScript(os, vip as VipDocument, part)).toThrow('there is no script for this');
      }),
    );
  });
});
