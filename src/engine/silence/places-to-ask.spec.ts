import { describe, expect, it } from 'vitest';
import { Segments } from '../../forwarding/segments.js';
import { placesToAsk } from './places-to-ask.js';

function card(name: string, ...addresses: readonly [string, number][]) {
  return {
    name,
    mac: '02:00:00:00:00:aa',
    loopback: false,
    addresses: addresses.map(([address, prefixLength]) => ({ address, prefixLength })),
  };
}

const INNER = { device: 'eth1', address: '10.0.0.2' };
const OUTER = { device: 'eth0', address: '192.0.2.2' };
const segments = new Segments([card('eth0', ['192.0.2.2', 24]), card('eth1', ['10.0.0.2', 24])]);
const places = (vip: string, vipDevice = 'eth0') =>
  placesToAsk({ vip, address: '10.0.0.11' }, { segments, vipDevice });

describe('a director asks for the VIP', () => {
  it('once where the host, the VIP and the clients are on one segment', () => {
    expect(places('10.0.0.200', 'eth1')).toMatchObject({ host: INNER, vip: [INNER] });
  });

  it('on the segment of the host and on that of the clients', () => {
    expect(places('192.0.2.200')).toMatchObject({ host: INNER, vip: [INNER, OUTER] });
  });

  it('where it holds the VIP also when that is in no subnet, or in that of the host', () => {
    expect(places('203.0.113.200')?.vip).toMatchObject([INNER, OUTER]);
    expect(places('10.0.0.200')?.vip).toMatchObject([INNER, OUTER]);
    expect(places('203.0.113.200', 'eth1')?.vip).toMatchObject([INNER]);
  });

  it('in the name of an address of the subnet of the VIP, where both are on one interface', () => {
    const both = new Segments([card('eth0', ['192.0.2.2', 24], ['10.0.0.2', 24])]);
    const found = placesToAsk(
      { vip: '192.0.2.200', address: '10.0.0.11' },
      { segments: both, vipDevice: 'eth0' },
    );
    expect(found?.vip.map(({ address }) => address)).toMatchObject(['10.0.0.2', '192.0.2.2']);
  });

  it('nowhere where it shares no segment with the host', () => {
    expect(
      placesToAsk({ vip: '192.0.2.200', address: '203.0.113.9' }, { segments, vipDevice: 'eth0' }),
    ).toBeUndefined();
  });
});
