import { describe, expect, it } from 'vitest';
import { addressPlaces } from '../../setup/host-plan/seen-host.js';
import { view as viewOf, VIP, VIP6, withCard } from '../../setup/host-plan/planned.fake.js';
import type { Asked, Examined } from './examined.js';
import { knownHost } from './known-host.js';

const asked: Asked = {
  service: { protocol: 'tcp', port: 80, endPort: 80 },
  outcomes: [{ port: 80, outcome: { kind: 'answered' } }],
  elsewhere: [],
};

/** A host that operators know by an address of either family, and that has the IPv4 one alone. */
function segmentOf(vip: string) {
  const view = withCard(viewOf([VIP, VIP6], true), '192.0.2.11');
  const examined: Examined = {
    joined: true,
    addresses: ['2001:db8::11', '192.0.2.11'],
    agentRuns: true,
    kept: 'all',
    ledgerDamaged: false,
    view,
    places: addressPlaces(view),
    readings: {
      firewall: () => ({ status: 'True', reason: 'NoRules', message: '' }),
      forwarding: { ipv4: false, ipv6: false, stop: '' },
    },
    vips: [],
  };
  const document = { kind: 'vip', address: vip, services: [asked.service] } as const;
  return knownHost(examined, { document, asked: [asked] }, asked).verdicts.get('SameSegment');
}

describe('what a host knows of its segment', () => {
  it('is about addresses of the family of the VIP: directors reach it by no other', () => {
    expect(segmentOf(VIP6)).toMatchObject({ status: 'False', reason: 'AddressNotOnHost' });
    expect(segmentOf(VIP)).toBeUndefined();
  });
});
