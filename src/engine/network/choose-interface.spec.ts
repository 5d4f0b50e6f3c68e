import { describe, expect, it } from 'vitest';
import { chooseInterface } from './choose-interface.js';
import { OWN_ADDRESS_METRIC } from '../../forwarding/own-address.js';
import type { WorkInterface } from '../../forwarding/usable-interface.js';

function interfaceWith(name: string, address: string, metric = 0): WorkInterface {
  const addresses = [{ address, prefixLength: 24, metric }];
  return { name, mac: '02:00:00:00:00:aa', loopback: name === 'lo', addresses };
}

const interfaces = [
  interfaceWith('lo', '127.0.0.1'),
  interfaceWith('eth0', '198.51.100.2'),
  interfaceWith('eth1', '192.0.2.2'),
  interfaceWith('eth2', '203.0.113.2'),
  interfaceWith('up:link', '203.0.113.3'),
  { ...interfaceWith('wg0', '203.0.113.4'), mac: null },
];
const NOTHING = { named: undefined, joined: [], defaultDevices: [] };

describe('the interface that holds the VIPs', () => {
  it.each([
    ['the one that was named', { named: 'eth2', joined: ['192.0.2.2'], defaultDevices: ['eth0'] }, 'eth2'],
    ['the one that the director joined under', { joined: ['192.0.2.2'], defaultDevices: ['eth0'] }, 'eth1'],
    ['the one to the default gateway', { joined: ['192.0.2.9'], defaultDevices: ['eth0'] }, 'eth0'],
    [
      'the one to the default gateway, when it joined under a tunnel',
      { joined: ['203.0.113.4'], defaultDevices: ['eth0'] },
      'eth0',
    ],
  ])('is %s', (_, wishes, chosen) => {
    expect(chooseInterface(interfaces, { ...NOTHING, ...wishes })).toBe(chosen);
  });

  it.each([
    ['there is no interface eth9', { named: 'eth9', joined: ['192.0.2.2'] }],
    ['the interface lo cannot hold VIPs: it is the loopback', { named: 'lo' }],
    ['the interface wg0 cannot hold VIPs: it is no Ethernet', { named: 'wg0' }],
    ['the interface up:link cannot hold VIPs: nft cannot have this name', { named: 'up:link' }],
    ['the interface up:link cannot hold VIPs: nft cannot have this name', { joined: ['203.0.113.3'] }],
    ['set HOMEWARD_INTERFACE', {}],
  ])('is told to be missing: %s', (message, wishes) => {
    expect(() => chooseInterface(interfaces, { ...NOTHING, ...wishes })).toThrow(message);
  });

  it('is not found by an address that is a VIP of the engine itself', () => {
    const held = [interfaceWith('eth5', '192.0.2.2', OWN_ADDRESS_METRIC)];
    expect(() => chooseInterface(held, { ...NOTHING, joined: ['192.0.2.2'] })).toThrow('HOMEWARD_INTERFACE');
  });
});
