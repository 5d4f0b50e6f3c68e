import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PacketCounter } from '../support/packet-counter.js';
import { DIRECTOR_MAC, VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';

const CLIENTS = 40;
let net: DirectorNetwork;

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-fwd`);
  for (const vip of [VIP4, VIP6]) {
    await net.serve('tcp', vip, 80);
    await net.serve('udp', vip, 53);
    await net.serve('tcp', vip, 8005);
  }
  const faults = await net.restart(
    ([4, 6] as const).flatMap((family) => {
      const address = family === 4 ? VIP4 : VIP6;
      const both = (number: number) => entries(number, family, [1000, 1000]);
      return [
        service(family * 10 + 1, { address, port: 80, servers: both(family * 10 + 1) }),
        service(family * 10 + 2, { address, protocol: 'udp', port: 53, servers: both(family * 10 + 2) }),
        service(family * 10 + 3, { address, port: 8000, endPort: 8009, servers: both(family * 10 + 3) }),
      ];
    }),
  );
  expect(faults).toEqual([]);
  await net.vip6Usable();
});

afterAll(() => net.close());

describe.each([VIP4, VIP6])('a service on %s', (vip) => {
  it('reaches both servers over TCP, and no reply crosses the director', async () => {
    const ip = vip === VIP4 ? 'ip' : 'ip6';
    const watch = await PacketCounter.attach(net.director, 'ingress', [
      `${ip} daddr ${vip}`,
      `${ip} saddr ${vip}`,
    ]);
    const seen = new Set<string>();
    for (let index = 0; index < CLIENTS; index++)
      seen.add(await net.client.visit({ address: vip, port: 80 }));
    expect([...seen].sort()).toEqual(['one', 'two']);
    const [requests, replies] = await watch.read();
    expect(requests).toBeGreaterThan(CLIENTS * 3);
    expect(replies).toBe(0);
  });

  it('reaches both servers over UDP, which answer from the VIP', async () => {
    const answers = [];
    for (let index = 0; index < CLIENTS; index++) {
      answers.push(await net.client.ask({ address: vip, port: 53, localPort: 20_000 + index }));
    }
    expect([...new Set(answers.map(({ server }) => server))].sort()).toEqual(['one', 'two']);
    expect(new Set(answers.map(({ source }) => source))).toEqual(new Set([vip]));
  });

  it('covers its range of ports and no port beside it', async () => {
    expect(['one', 'two']).toContain(await net.client.visit({ address: vip, port: 8005 }));
    await expect(net.client.visit({ address: vip, port: 8010 })).rejects.toThrow('no answer in time');
  });

  it('sends a source port to the same server again', async () => {
    const ask = () => net.client.ask({ address: vip, port: 53, localPort: 31_000 });
    const { server } = await ask();
    for (let index = 0; index < 10; index++) expect((await ask()).server).toBe(server);
  });
});

describe('frames', () => {
  it('arrive at a real server from the Ethernet address of the director, unchanged above it', async () => {
    const watch = await PacketCounter.attach(net.servers[0], 'ingress', [
      `ether saddr ${DIRECTOR_MAC} ip saddr 198.51.100.10 ip daddr ${VIP4}`,
      `ether saddr != ${DIRECTOR_MAC} ip daddr ${VIP4}`,
    ]);
    for (let index = 0; index < CLIENTS; index++) await net.client.visit({ address: VIP4, port: 80 });
    const [fromDirector, fromOthers] = await watch.read();
    expect(fromDirector).toBeGreaterThan(0);
    expect(fromOthers).toBe(0);
  });

  it('for another host are not forwarded a second time while the director listens to everything', async () => {
    await net.director.exec(['ip', 'link', 'set', 'eth0', 'promisc', 'on']);
    try {
      expect(await forwardedFrameForAnother()).toBe(0);
      await net.director.exec(['nft', 'flush', 'chain', 'netdev', 'homeward', 'in']);
      await net.director.exec([
        'nft',
        'add rule netdev homeward in meta priority set ip daddr . meta l4proto . th dport map @services4 goto steer4',
      ]);
      expect(await forwardedFrameForAnother()).toBe(1);
    } finally {
      await net.director.exec(['ip', 'link', 'set', 'eth0', 'promisc', 'off']);
      await net.restart();
    }
  });
});

/** Hands the director a frame that is addressed to somebody else, as a flooding switch does; resolves to how many came out. */
async function forwardedFrameForAnother(): Promise<number> {
  const sent = await PacketCounter.attach(net.director, 'egress', [`ip daddr ${VIP4} udp dport 53`]);
  const [one] = net.servers;
  // A static neighbour with a foreign Ethernet address: the bridge does not know it and floods the frame.
  await one.exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'lo']);
  await one.exec(['ip', 'neighbour', 'replace', VIP4, 'lladdr', '02:00:00:00:00:ee', 'dev', 'eth0']);
  await one.exec([process.execPath, '-e', KNOCK]);
  await one.exec(['ip', 'neighbour', 'delete', VIP4, 'dev', 'eth0']);
  await one.exec(['ip', 'address', 'add', `${VIP4}/32`, 'dev', 'lo']);
  return (await sent.read())[0] ?? -1;
}

/** One datagram to a port that is a service for TCP and, here, for UDP. */
const KNOCK = `const s = require('dgram').createSocket('udp4'); s.send('x', 53, '${VIP4}', () => setTimeout(() => s.close(), 100))`;
