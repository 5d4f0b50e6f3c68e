import { describe, expect, it } from 'vitest';
import { readPlaces } from './read-places.js';

describe('the places of an address', () => {
  it('are read among what is left out', () => {
    const listed = [
      {
        ifname: 'lo',
        flags: ['LOOPBACK', 'UP'],
        mtu: 65_536,
        addr_info: [{}, { local: '192.0.2.200', prefixlen: 32 }],
      },
      {},
      { ifname: 'eth0', flags: ['BROADCAST'], mtu: 1500, addr_info: [{}] },
      { ifname: 'eth1', flags: [], mtu: 1500, addr_info: [{ local: '192.0.2.200', prefixlen: 24 }] },
    ];
    expect(readPlaces(JSON.stringify(listed))).toMatchObject([
      { name: 'lo', loopback: true, addresses: [{ address: '192.0.2.200', prefixLength: 32 }] },
      { name: 'eth1', loopback: false, addresses: [{ address: '192.0.2.200', prefixLength: 24 }] },
    ]);
  });

  it.each(['', '[]', '[{}]'])('are none in %j', (json) => expect(readPlaces(json)).toEqual([]));

  it.each(['{', '{}', '[{"ifname":1}]'])('are not guessed from %j', (json) => {
    expect(() => readPlaces(json)).toThrow('not understood');
  });
});
