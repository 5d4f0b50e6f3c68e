import { describe, expect, it } from 'vitest';
import { readGateways, readInterfaces } from './read-ip-json.js';

const LO = {
  ifname: 'lo',
  link_type: 'loopback',
  address: '00:00:00:00:00:00',
  flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
  mtu: 65_536,
  addr_info: [{ family: 'inet', local: '192.0.2.200', prefixlen: 32, scope: 'global' }],
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

describe('reading interfaces', () => {
  it('tells loopback, Ethernet address, state and addresses', () => {
    expect(readInterfaces(JSON.stringify([LO, ETH0]))).toEqual([
      {
        name: 'lo',
        loopback: true,
        mac: null,
        up: true,
        mtu: 65_536,
        addresses: [{ address: '192.0.2.200', prefixLength: 32 }],
      },
      {
        name: 'eth0',
        loopback: false,
        mac: '02:00:00:00:00:bb',
        up: false,
        mtu: 1500,
        addresses: [{ address: '2001:db8::11', prefixLength: 64 }],
      },
    ]);
  });

  it('is an error where anything is not as expected', () => {
    expect(() => readInterfaces('[{"ifname":"lo"}]')).toThrow(/not understood/);
    expect(() => readInterfaces('{')).toThrow(/not understood/);
  });
});

describe('reading gateways', () => {
  it('finds single and multiple next hops of both families, once each', () => {
    const ipv4 = JSON.stringify([
      { dst: 'default', gateway: '192.0.2.1', dev: 'eth0' },
      { dst: 'default', nexthops: [{ gateway: '192.0.2.1' }, { gateway: '192.0.2.2' }] },
      { dst: 'default', dev: 'tun0' },
    ]);
    const ipv6 = JSON.stringify([{ dst: 'default', gateway: 'fe80::1' }]);
    expect(readGateways(ipv4, ipv6)).toEqual(['192.0.2.1', '192.0.2.2', 'fe80::1']);
  });

  it('finds none where `ip` prints nothing', () => {
    expect(readGateways('', '[]')).toEqual([]);
  });
});
