import { expect, it } from 'vitest';
import type { Hosted } from './hosted-services.js';
import { hostsOnTheirWay, type Found, type Named } from './hosts-on-their-way.js';

const NOTHING: Found = { before: [], after: [], rest: [], others: new Map() };
const agent = (...addresses: string[]): Named => ({ nodeId: 'n', name: 'web', addresses, hasAgent: true });
const on = (address: string, vip: string, port = 80): Hosted => {
  return {
    vip,
    address,
    managed: true,
    service: { protocol: 'tcp', port, endPort: null, healthCheck: { type: 'none' } },
  };
};
const allOf = (...asked: Parameters<typeof hostsOnTheirWay>) => [...hostsOnTheirWay(...asked)];
const services = (port: number) => [expect.objectContaining({ port })];

it('an agent’s host is one, by whichever of its addresses real servers name it', () => {
  const after = [
    on('192.0.2.11', '192.0.2.200'),
    on('192.0.2.12', '192.0.2.201'),
    on('192.0.2.13', '192.0.2.202'),
  ];
  const [web, ...rest] = allOf([agent('192.0.2.11', '192.0.2.12')], { ...NOTHING, after });
  expect(rest).toEqual([]);
  expect(web?.changes.map((change) => [change.before, change.after?.address])).toEqual([
    [null, '192.0.2.200'],
    [null, '192.0.2.201'],
  ]);
});

it('a VIP that other services keep there changes its services alone, and one that nobody changes is told beside', () => {
  const found = {
    before: [on('192.0.2.11', '192.0.2.200', 443)],
    after: [],
    rest: [on('192.0.2.11', '192.0.2.200'), on('192.0.2.11', '192.0.2.203')],
    others: new Map([['web', ['192.0.2.204']]]),
  };
  const [web] = allOf([agent('192.0.2.11')], found);
  expect(web?.changes).toMatchObject([
    { before: { services: [...services(80), ...services(443)] }, after: { services: services(80) } },
  ]);
  expect(web?.others).toEqual(['192.0.2.204', '192.0.2.203']);
});

it('a host of which nothing changes is left out', () => {
  const same = [on('192.0.2.11', '192.0.2.200')];
  expect(allOf([agent('192.0.2.11')], { ...NOTHING, before: same, after: same })).toEqual([]);
});

it('thousands of VIPs on ten hosts, or a VIP on thousands of hosts, keep nobody waiting', () => {
  const vips = Array.from({ length: 3_000 }, (_, at) => `198.18.${at >> 8}.${at & 255}`);
  const hosts = vips.slice(0, 10).map((address) => agent(address));
  const began = performance.now();
  const many = hosts.flatMap(({ addresses: [address = ''] }) => vips.map((vip) => on(address, vip)));
  expect(allOf(hosts, { ...NOTHING, after: many })[9]?.changes).toHaveLength(3_000);
  const wide = vips.map((address) => on(address, '192.0.2.200'));
  const each = vips.map((address) => agent(address));
  expect(allOf(each, { ...NOTHING, after: wide })).toHaveLength(3_000);
  expect(performance.now() - began).toBeLessThan(2_500);
});
