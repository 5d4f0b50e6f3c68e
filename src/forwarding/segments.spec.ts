import { describe, expect, it } from 'vitest';
import { OWN_ADDRESS_METRIC } from './own-address.js';
import { Segments } from './segments.js';
import type { WorkInterface } from './usable-interface.js';

function interfaceWith(name: string, ...addresses: readonly string[]): WorkInterface {
  return {
    name,
    mac: '02:00:00:00:00:aa',
    loopback: name === 'lo',
    addresses: addresses.map((text) => {
      const [address = '', length] = text.split('/');
      const metric = address.endsWith('200') ? OWN_ADDRESS_METRIC : 0;
      return { address, prefixLength: Number(length), metric };
    }),
  };
}

const lan = interfaceWith('eth0', '192.0.2.2/24', '2001:db8:2::2/64', '192.0.2.200/32', 'fe80::2/64');

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
    ['fe80::9', undefined],
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

  it('leaves out an interface without an Ethernet address', () => {
    const tunnel = { ...interfaceWith('wg0', '192.0.2.2/24'), mac: null };
    expect(new Segments([tunnel]).devices).toEqual([]);
  });

  it('is equal to one read again, and not to one with another address', () => {
    expect(new Segments([lan]).equals(new Segments([lan]))).toBe(true);
    expect(new Segments([lan]).equals(new Segments([interfaceWith('eth0', '192.0.2.3/24')]))).toBe(false);
  });
});
