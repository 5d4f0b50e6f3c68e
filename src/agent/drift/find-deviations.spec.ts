import { describe, expect, it } from 'vitest';
import type { InterfaceAddress } from '../../setup/host-plan/seen-host.js';
import type { HostView } from '../plan/host-view.js';
import { bootDeviations, vipDeviations } from './find-deviations.js';

const VIP = '192.0.2.200';
const VIP6 = '2001:db8::200';

const host = (address: string): InterfaceAddress => ({
  address,
  prefixLength: address.includes(':') ? 128 : 32,
});

function view(lo: InterfaceAddress[], eth0: InterfaceAddress[] = []): HostView {
  const up = { mac: null, up: true, mtu: 1500 };
  return {
    interfaces: [
      { name: 'lo', loopback: true, ...up, addresses: lo },
      { name: 'eth0', loopback: false, ...up, addresses: eth0 },
    ],
    gateways: [],
    silence: {
      inForce: false,
      deviations: [{ thing: 'x', found: '0', wanted: '1' }],
      problems: ['x is 0'],
      kept: true,
    },
    guard: { standing: true, inForce: true, addresses: new Set(), advice: '' },
  };
}

describe('what is not as wanted', () => {
  it('is no VIP that stands on loopback alone', () => {
    expect(vipDeviations([VIP, VIP6], view([host(VIP), host(VIP6)]))).toEqual([]);
  });

  it('is a VIP that is absent', () => {
    expect(vipDeviations([VIP], view([host(VIP6)]))).toEqual([
      { thing: `VIP ${VIP}`, found: 'absent', wanted: 'on lo alone' },
    ]);
  });

  it.each([
    ['on eth0 as /24', view([], [{ address: VIP, prefixLength: 24 }])],
    ['on lo as /32 and elsewhere', view([host(VIP)], [host(VIP)])],
    ['on lo as /28', view([{ address: VIP, prefixLength: 28 }])],
  ])('is a VIP that is %s', (found, seen) => {
    expect(vipDeviations([VIP], seen)).toMatchObject([{ found }]);
  });

  it('is the file for the next boot where that is not as written', () => {
    const seen = view([]);
    expect(bootDeviations(seen)).toEqual([]);
    const lost = { ...seen, silence: { ...seen.silence, kept: false } };
    expect(bootDeviations(lost)).toMatchObject([{ thing: 'settings for the next boot' }]);
  });
});
