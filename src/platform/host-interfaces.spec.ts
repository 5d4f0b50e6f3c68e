import { describe, expect, it } from 'vitest';
import { defaultRoutesFrom, interfacesFrom } from './host-interfaces.js';

const LO = {
  ifindex: 1,
  ifname: 'lo',
  link_type: 'loopback',
  address: '00:00:00:00:00:00',
  flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
  mtu: 65_536,
  addr_info: [{ family: 'inet', local: '192.0.2.200', prefixlen: 32, scope: 'global', metric: 7 }],
};
const ETH0 = {
  ifindex: 2,
  ifname: 'eth0',
  link_type: 'ether',
  address: '02:00:00:00:00:BB',
  flags: ['BROADCAST', 'UP'],
  mtu: 1500,
  addr_info: [{ local: '2001:db8::11', prefixlen: 64 }, {}],
};
const TUNNEL = { ...ETH0, ifindex: 3, ifname: 'wg0', link_type: 'none', address: undefined };

describe('reading interfaces', () => {
  it('tells loopback, Ethernet address, state and addresses', () => {
    expect(interfacesFrom(JSON.stringify([LO, ETH0]))).toEqual([
      {
        name: 'lo',
        index: 1,
        loopback: true,
        mac: null,
        up: true,
        mtu: 65_536,
        addresses: [{ address: '192.0.2.200', prefixLength: 32, metric: 7 }],
      },
      {
        name: 'eth0',
        index: 2,
        loopback: false,
        mac: '02:00:00:00:00:bb',
        up: false,
        mtu: 1500,
        addresses: [{ address: '2001:db8::11', prefixLength: 64 }],
      },
    ]);
  });

  it('finds no Ethernet address where the link has none, or one of another kind', () => {
    const sit = { ...TUNNEL, link_type: 'sit', address: '192.0.2.1' };
    expect(interfacesFrom(JSON.stringify([TUNNEL, sit])).map(({ mac }) => mac)).toEqual([null, null]);
  });

  it('is an error where anything is not as expected', () => {
    expect(() => interfacesFrom('[{"ifname":"lo"}]')).toThrow(/not understood/);
    expect(() => interfacesFrom('{')).toThrow(/not understood/);
  });
});

describe('reading default routes', () => {
  it('finds single and multiple next hops of both families, once each', () => {
    const ipv4 = JSON.stringify([
      { dst: 'default', gateway: '192.0.2.1', dev: 'eth0' },
      {
        dst: 'default',
        nexthops: [
          { gateway: '192.0.2.1', dev: 'eth0' },
          { gateway: '192.0.2.2', dev: 'eth1' },
        ],
      },
      { dst: 'default', dev: 'tun0' },
    ]);
    const ipv6 = JSON.stringify([{ dst: 'default', gateway: 'fe80::1', dev: 'eth0' }]);
    expect(defaultRoutesFrom(ipv4, ipv6)).toEqual({
      gateways: ['192.0.2.1', '192.0.2.2', 'fe80::1'],
      devices: ['eth0', 'eth1', 'tun0'],
    });
  });

  it('finds none where `ip` prints nothing', () => {
    expect(defaultRoutesFrom('', '[]')).toEqual({ gateways: [], devices: [] });
  });

  it('is an error where anything is not as expected', () => {
    expect(() => defaultRoutesFrom('[{"gateway":1}]')).toThrow(/not understood/);
  });
});
