import { describe, expect, it } from 'vitest';
import { chooseInterface } from './choose-interface.js';
import type { HostInterface } from './host-interface.js';

function interfaceWith(name: string, address: string, ours = false): HostInterface {
  const addresses = [{ address, prefixLength: 24, ours }];
  return { name, mac: '', up: true, mtu: 1500, loopback: name === 'lo', addresses };
}

const interfaces = [
  interfaceWith('lo', '127.0.0.1'),
  interfaceWith('eth0', '198.51.100.2'),
  interfaceWith('eth1', '192.0.2.2'),
  interfaceWith('eth2', '203.0.113.2'),
];

describe('the interface that holds the VIPs', () => {
  it.each([
    ['the one that was named', { named: 'eth2', joined: ['192.0.2.2'], defaultDevices: ['eth0'] }, 'eth2'],
    [
      'the one that the director joined under',
      { named: undefined, joined: ['192.0.2.2'], defaultDevices: ['eth0'] },
      'eth1',
    ],
    [
      'the one to the default gateway',
      { named: undefined, joined: ['192.0.2.9'], defaultDevices: ['eth0'] },
      'eth0',
    ],
    [
      'none, when the named one is missing',
      { named: 'eth9', joined: ['192.0.2.2'], defaultDevices: ['eth0'] },
      undefined,
    ],
    ['never loopback', { named: 'lo', joined: [], defaultDevices: [] }, undefined],
    ['none, when nothing points to one', { named: undefined, joined: [], defaultDevices: [] }, undefined],
  ])('is %s', (_, wishes, chosen) => {
    expect(chooseInterface(interfaces, wishes)).toBe(chosen);
  });

  it('is not found by an address that is a VIP of the engine itself', () => {
    const held = [interfaceWith('eth5', '192.0.2.2', true)];
    expect(
      chooseInterface(held, { named: undefined, joined: ['192.0.2.2'], defaultDevices: [] }),
    ).toBeUndefined();
  });
});
