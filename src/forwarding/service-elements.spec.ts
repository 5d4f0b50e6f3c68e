import { describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../contract/documents.js';
import { sampleServiceDocument } from '../contract/sample-service-document.fake.js';
import type { Ground } from './ground.js';
import { Segments } from './segments.js';
import { serviceElements } from './service-elements.js';

const interfaces = [
  {
    name: 'eth0',
    addresses: [
      { address: '192.0.2.2', prefixLength: 24, ours: false },
      { address: '2001:db8:2::2', prefixLength: 64, ours: false },
    ],
  },
  { name: 'eth1', addresses: [{ address: '203.0.113.2', prefixLength: 24, ours: false }] },
].map((each) => ({ ...each, mac: '', up: true, mtu: 1500, loopback: false }));
const ground: Ground = { seed: 7, devices: ['eth0', 'eth1'], segments: new Segments(interfaces) };

const web = sampleServiceDocument({
  slots: 2,
  servers: [
    { number: 11, address: '192.0.2.11', weight: 1000 },
    { number: 12, address: '203.0.113.12', weight: 1000 },
  ],
});

function texts(body: ServiceDocument, on = ground): readonly string[] {
  return serviceElements(body, on).map(({ map, key, value }) =>
    value === '' ? `${map} ${key}` : `${map} ${key} : ${value}`,
  );
}

describe('the elements of a service', () => {
  it('are its address, its class, its slots, and its servers, each on its interface', () => {
    const found = texts(web);
    expect(found.filter((text) => !/^(slots|digests)/.test(text))).toEqual([
      'services4 192.0.2.200 . tcp . 80 : 1',
      'quoted4 192.0.2.200 . 6 . 80 : 1',
      'classes4 1 : jump maglev4-2',
      'takers 1 . 11',
      'takers 1 . 12',
      'backends4.eth0 11 : 192.0.2.11',
      'backends4.eth1 12 : 203.0.113.12',
    ]);
    const slots = found.filter((text) => text.startsWith('slots'));
    expect(new Set(slots.map((text) => text.split(' : ')[1]))).toEqual(new Set(['11', '12']));
    expect(slots).toHaveLength(2);
    expect(found.filter((text) => text.startsWith('digests'))).toHaveLength(1);
  });

  it('for a range of ports lie in a map of their own', () => {
    expect(texts({ ...web, endPort: 90 })).toEqual(
      expect.arrayContaining([
        'ranges4 192.0.2.200 . tcp . 80-90 : 1',
        'quotedranges4 192.0.2.200 . 6 . 80-90 : 1',
      ]),
    );
  });

  it('for IPv6 lie in the maps of that family', () => {
    const servers = [{ number: 11, address: '2001:db8:2::11', weight: 1 }];
    expect(texts({ ...web, address: '2001:db8:2::200', scheduler: 'source-hash', servers })).toEqual(
      expect.arrayContaining([
        'services6 2001:db8:2::200 . tcp . 80 : 1',
        'classes6 1 : jump source-hash6-2',
        'backends6.eth0 11 : 2001:db8:2::11',
      ]),
    );
  });

  it('of a drained server are without slots, and it takes no new flows', () => {
    const servers = web.servers.map((server) => (server.number === 11 ? { ...server, weight: 0 } : server));
    const found = texts({ ...web, servers });
    expect(found).toEqual(
      expect.arrayContaining([
        'takers 1 . 12',
        'backends4.eth0 11 : 192.0.2.11',
        'slots 1 . 0 : 12',
        'slots 1 . 1 : 12',
      ]),
    );
    expect(found).not.toContain('takers 1 . 11');
  });

  it('without flow affinity say so, and tell the slots once more for the short way, in one of its sizes', () => {
    const found = texts({ ...web, flowAffinity: false, protocol: 'udp' });
    const slots = found.filter((text) => text.startsWith('slots')).map((text) => text.split(' : ')[1]);
    const straight = found.filter((text) => text.startsWith('straight4'));
    expect(found).toContain('stateless 1');
    expect(straight).toHaveLength(64);
    expect(straight[0]).toBe(`straight4 192.0.2.200 . 17 . 80 . 64 : ${slots[0]}`);
    expect(straight[31]).toBe(`straight4 192.0.2.200 . 17 . 80 . 95 : ${slots[0]}`);
    expect(straight[32]).toBe(`straight4 192.0.2.200 . 17 . 80 . 96 : ${slots[1]}`);
  });

  it('of a range without flow affinity have no short way, for it would need the slots of each port', () => {
    const found = texts({ ...web, flowAffinity: false, endPort: 90 });
    expect(found).toContain('stateless 1');
    expect(found.some((text) => text.startsWith('straight'))).toBe(false);
  });

  it('have neither class nor slots when every server is drained, so new flows are left to the host', () => {
    const found = texts({ ...web, servers: web.servers.map((server) => ({ ...server, weight: 0 })) });
    expect(found.some((text) => /^(classes|slots|digests)/.test(text))).toBe(false);
    expect(found).toContain('services4 192.0.2.200 . tcp . 80 : 1');
  });

  it('are none without a server that can be reached', () => {
    expect(texts({ ...web, servers: [] })).toEqual([]);
    expect(texts({ ...web, servers: [{ number: 11, address: '198.51.100.1', weight: 1 }] })).toEqual([]);
  });

  it('are the same every time, and other slots under another seed', () => {
    const many = {
      ...web,
      slots: 64,
      servers: Array.from({ length: 10 }, (_, index) => ({
        number: index + 1,
        address: `192.0.2.${10 + index}`,
        weight: 1,
      })),
    };
    expect(texts(many)).toEqual(texts(many));
    expect(texts(many)).not.toEqual(texts(many, { ...ground, seed: 8 }));
  });
});
