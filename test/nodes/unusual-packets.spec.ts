/** Packets to a VIP that are no plain packets of a flow: datagrams in fragments, echo requests, packets near their end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { PacketCounter } from '../support/packet-counter.js';

const DATAGRAMS = 100;
/** Three packets on Ethernet. */
const OCTETS = 4_000;
const MOVED = 5;
let net: DirectorNetwork;

const dns = (family: 4 | 6) =>
  service(family, {
    address: family === 4 ? VIP4 : VIP6,
    protocol: 'udp',
    port: 53,
    servers: entries(family, family, [1000, 1000]),
  });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-unu`);
  for (const vip of [VIP4, VIP6]) await net.serve('udp', vip, 53);
  expect(await net.restart([dns(4), dns(6)])).toEqual([]);
  await net.vip6Usable();
});

afterAll(() => net.close());

describe.each([4, 6] as const)('over IPv%i', (family) => {
  const address = family === 4 ? VIP4 : VIP6;
  const ask = (localPort: number) => net.client.ask({ address, port: 53, localPort, octets: OCTETS });

  it('a datagram in fragments arrives whole, also on the server that its flow keeps', async () => {
    const later = family === 4 ? 'ip frag-off & 0x1fff != 0' : 'frag frag-off != 0';
    const watch = await PacketCounter.attach(net.director, 'ingress', [later]);
    const served = new Map<number, string>();
    for (let port = 23_000; port < 23_000 + DATAGRAMS; port++) served.set(port, (await ask(port)).server);
    expect(new Set(served.values()).size).toBe(2);
    await net.put({ ...dns(family), servers: entries(family, family, [1, 65_535]) });
    for (const [port, server] of served) expect((await ask(port)).server).toBe(server);
    expect(await watch.read()).toEqual([DATAGRAMS * 4]);
  });

  it('one arrives whole also where the server of its flow is gone', async () => {
    const ports = Array.from({ length: MOVED }, (_, index) => 23_500 + index);
    await net.put({ ...dns(family), servers: entries(family, family, [1000, null]) });
    for (const port of ports) expect((await ask(port)).server).toBe('one');
    await net.put({ ...dns(family), servers: entries(family, family, [null, 1000]) });
    for (const port of ports) expect((await ask(port)).server).toBe('two');
    await net.put(dns(family));
  });

  it('one whose later fragments nobody steers does not arrive', async () => {
    await net.director.exec(['nft', `flush chain netdev homeward fragment${family}`]);
    await expect(ask(24_000)).rejects.toThrow('no answer in time');
    await net.restart();
    await ask(24_000);
  });

  it('an echo request is answered by the director, and tells nothing of the servers', async () => {
    const icmp = `meta l4proto { icmp, ipv6-icmp } ${family === 4 ? 'ip' : 'ip6'} daddr ${address}`;
    const watches = [];
    for (const server of net.servers) watches.push(await PacketCounter.attach(server, 'ingress', [icmp]));
    await net.reconcile([{ ...dns(family), servers: entries(family, family, [0, null]) }]);
    expect(await net.clientHost.exec(['ping', '-c', '2', '-i', '0.01', '-W', '1', address])).toContain(
      ' 0% packet loss',
    );
    for (const watch of watches) expect(await watch.read()).toEqual([0]);
    await net.restart([dns(4), dns(6)]);
  });

  it('a packet at the end of its life goes no further, and nobody is told', async () => {
    const out = await PacketCounter.attach(net.director, 'egress', [
      `udp dport 53`,
      'icmp type time-exceeded',
      'icmpv6 type time-exceeded',
    ]);
    // The router takes one.
    await sendDying(address, 2);
    expect(await out.read()).toEqual([0, 0, 0]);
    await sendDying(address, 3);
    expect(await out.read()).toEqual([DATAGRAMS, 0, 0]);
  });
});

/** Datagrams with so many hops to go. */
async function sendDying(address: string, hops: number): Promise<void> {
  const [level, option, family] = address === VIP4 ? [0, 2, 'INET'] : [41, 16, 'INET6'];
  const program = `
    use Socket qw(:all);
    socket(my $s, AF_${family}, SOCK_DGRAM, 0) or die;
    setsockopt($s, ${level}, ${option}, pack('i', ${hops})) or die;
    my $a = inet_pton(AF_${family}, '${address}');
    for (1 .. ${DATAGRAMS}) { send($s, '?', 0, ${address === VIP4 ? 'pack_sockaddr_in' : 'pack_sockaddr_in6'}(53, $a)) or die "$!"; }`;
  await net.clientHost.exec(['perl', '-e', program]);
}
