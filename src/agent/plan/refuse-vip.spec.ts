import { describe, expect, it } from 'vitest';
import { addressPlaces } from '../../setup/host-plan/seen-host.js';
import type { HostView } from './host-view.js';
import { refuseAddress, refuseHere } from './refuse-vip.js';

const VIEW: HostView = {
  interfaces: [
    {
      name: 'lo',
      loopback: true,
      mac: null,
      up: true,
      mtu: 65_536,
      addresses: [
        { address: '192.0.2.201', prefixLength: 32 },
        { address: '192.0.2.202', prefixLength: 24 },
        { address: '2001:db8::202', prefixLength: 64 },
      ],
    },
    {
      name: 'eth0',
      loopback: false,
      mac: '02:00:00:00:00:bb',
      up: true,
      mtu: 1500,
      addresses: [
        { address: '192.0.2.11', prefixLength: 24 },
        { address: '2001:db8::11', prefixLength: 64 },
      ],
    },
  ],
  gateways: ['192.0.2.1', '2001:db8::1'],
  silence: { inForce: true, deviations: [], problems: [], kept: true },
  guard: { standing: false, inForce: false, addresses: new Set(), advice: '' },
};

function reason(address: string, key = address): string | undefined {
  const refusal = refuseAddress(key, { address });
  return (refusal ?? refuseHere(address, VIEW, addressPlaces(VIEW)))?.reason;
}

describe('refusing a VIP', () => {
  it.each(['192.0.2.200', '192.0.2.201', '2001:db8::200', '240.0.0.1'])('lets %s pass', (address) => {
    expect(reason(address)).toBeUndefined();
  });

  it.each([
    ['192.0.2.11', 'OwnAddress'],
    ['2001:db8::11', 'OwnAddress'],
    ['192.0.2.1', 'IsGateway'],
    ['2001:db8::1', 'IsGateway'],
    ['2001:db8::202', 'WiderPrefixOnLoopback'],
    ['192.0.2.202', 'WiderPrefixOnLoopback'],
    ['127.0.0.2', 'NotUsable'],
    ['::1', 'NotUsable'],
    ['224.0.0.18', 'NotUsable'],
    ['ff02::1', 'NotUsable'],
    ['0.0.0.0', 'NotUsable'],
    ['::', 'NotUsable'],
    ['255.255.255.255', 'NotUsable'],
    ['fe80::1', 'NotUsable'],
    ['192.0.2.200/24', 'NotCanonical'],
    ['2001:DB8::200', 'NotCanonical'],
    ['localhost', 'NotCanonical'],
  ])('refuses %s as %s', (address, expected) => expect(reason(address)).toBe(expected));

  it('refuses a document whose key is not its VIP', () => {
    expect(reason('192.0.2.200', '192.0.2.203')).toBe('NotCanonical');
  });
});
