import { describe, expect, it } from 'vitest';
import type { HostInterface } from './host-interface.js';
import { Segments } from './segments.js';

function interfaceWith(name: string, ...addresses: readonly string[]): HostInterface {
  return {
    name,
    mac: '02:00:00:00:00:aa',
    up: true,
    mtu: 1500,
    loopback: name === 'lo',
    addresses: addresses.map((text) => {
      const [address = '', length] = text.split('/');
      return { address, prefixLength: Number(length), ours: address.endsWith('200') };
    }),
  };
}

const lan = interfaceWith('eth0', '192.0.2.2/24', '2001:db8:2::2/64', '192.0.2.200/32');

describe('segments', () => {
  const segments = new Segments([
    interfaceWith('lo', '127.0.0.1/8'),
    lan,
    interfaceWith('eth1', '10.0.0.1/8'),
  ]);

  it.each([
    ['192.0.2.11', 'eth0'],
    ['2001:db8:2::11', 'eth0'],
    ['10.1.2.3', 'eth1'],
    ['127.0.0.2', undefined],
    ['198.51.100.1', undefined],
    ['2001:db8:3::1', undefined],
  ])('has %s on %s', (address, device) => {
    expect(segments.deviceFor(address)).toBe(device);
  });

  it('prefers the narrower of two that overlap', () => {
    const nested = new Segments([
      interfaceWith('wide', '10.0.0.1/8'),
      interfaceWith('narrow', '10.1.0.1/16'),
    ]);
    expect(nested.deviceFor('10.1.0.9')).toBe('narrow');
    expect(nested.deviceFor('10.2.0.9')).toBe('wide');
  });

  it('takes neither a VIP nor a lone address for a segment', () => {
    expect(new Segments([interfaceWith('eth0', '192.0.2.200/24', '192.0.2.7/32')]).devices).toEqual([]);
  });

  it('leaves out an interface whose name cannot stand in the name of a map', () => {
    expect(new Segments([interfaceWith('a b', '192.0.2.2/24')]).devices).toEqual([]);
  });

  it('is equal to one read again, and not to one with another address', () => {
    expect(new Segments([lan]).equals(new Segments([lan]))).toBe(true);
    expect(new Segments([lan]).equals(new Segments([interfaceWith('eth0', '192.0.2.3/24')]))).toBe(false);
  });
});
