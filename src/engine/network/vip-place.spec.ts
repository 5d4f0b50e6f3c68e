import { expect, it } from 'vitest';
import { Segments } from '../../forwarding/segments.js';
import { vipPlace } from './vip-place.js';

const card = { mac: '02:00:00:00:00:aa', loopback: false };
const interfaceWith = (name: string, address: string, prefixLength: number) => ({
  ...card,
  name,
  addresses: [{ address, prefixLength }],
});
const segments = new Segments([
  interfaceWith('eth0', '192.0.2.2', 24),
  interfaceWith('eth1', '203.0.113.2', 24),
  interfaceWith('eth2', '203.0.113.3', 24),
  interfaceWith('eth3', '203.0.113.66', 28),
]);

it.each([
  ['of the subnet of the interface that holds it', '192.0.2.200', 'eth0', 'eth0', '192.0.2.2'],
  ['of another subnet', '203.0.113.200', 'eth0', 'eth1', '203.0.113.2'],
  ['of a subnet on two interfaces, of which one holds it', '203.0.113.200', 'eth2', 'eth2', '203.0.113.3'],
  ['of a narrower subnet on another interface', '203.0.113.70', 'eth2', 'eth3', '203.0.113.66'],
  ['of no subnet', '198.51.100.9', 'eth1', 'eth1', '203.0.113.2'],
  ['of a family in which the director has no address', '2001:db8::200', 'eth1', 'eth1', undefined],
])('a VIP %s is spoken of where its neighbours ask for it', (_, vip, vipDevice, device, address) => {
  expect(vipPlace(vip, segments, vipDevice)).toMatchObject({ device, address });
});
