/** Sources that stay with their server, and servers that take turns. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { PacketCounter } from '../support/packet-counter.js';
import { entries, service } from '../support/service-documents.js';

const VISITS = 12;
/** Long enough for what a test does, short enough to wait for. */
const TIMEOUT_SECONDS = 2;
/** Two of these are longer than that. */
const MOST_OF_IT_MS = 1_300;
/** Of a service that counts turns: the last packets of earlier connections, which may still be on their way, take none. */
const PORT_OF_TURNS = 81;
/** First source port of packets with options. */
const OPTIONS_FROM = 27_000;
let net: DirectorNetwork;

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-per`);
  for (const vip of [VIP4, VIP6]) {
    for (const port of [80, PORT_OF_TURNS]) await net.serve('tcp', vip, port);
    await net.serve('udp', vip, 53);
  }
  for (const last of [11, 12, 13, 14, 15, 16]) {
    await net.clientHost.exec(['ip', 'address', 'add', `198.51.100.${last}/24`, 'dev', 'eth0']);
    await net.clientHost.exec(['ip', 'address', 'add', `2001:db8:1::${last}/64`, 'dev', 'eth0', 'nodad']);
  }
});

beforeEach(async () => {
  await net.director.exec(['nft', 'flush', 'ruleset']);
});

afterAll(() => net.close());

describe.each([4, 6] as const)('over IPv%i, with persistence', (family) => {
  const address = family === 4 ? VIP4 : VIP6;
  const bits = family === 4 ? 32 : 128;
  const source = (last: number) => (family === 4 ? `198.51.100.${last}` : `2001:db8:1::${last}`);
  const sticky = (
    weights: readonly [number | null, number | null],
    prefixLength = bits,
    more: Partial<ServiceDocument> = {},
  ) =>
    service(family, {
      address,
      servers: entries(family, family, weights),
      persistence: { timeoutSeconds: TIMEOUT_SECONDS, prefixLength },
      ...more,
    });
  const visit = (last = 11, port = 80) => net.client.visit({ address, port, localAddress: source(last) });
  const visits = async (last = 11, port = 80) => {
    const seen = new Set<string>();
    for (let index = 0; index < VISITS; index++) seen.add(await visit(last, port));
    return [...seen];
  };

  beforeEach(async () => {
    expect(await net.restart([sticky([1000, null])])).toEqual([]);
    await net.vip6Usable();
  });

  it('a source stays with its server when servers come, until it was away for the timeout', async () => {
    expect(await visits()).toEqual(['one']);
    await net.put(sticky([1, 65_535]));
    expect(await visits()).toEqual(['one']);
    // A source that nobody has seen goes by its slot.
    expect(await visits(12)).toEqual(['two']);
    await setTimeout(2 * MOST_OF_IT_MS);
    expect(await visits()).toEqual(['two']);
  });

  it('a source leaves a server that is drained, or gone, with its next connection, and stays where it went', async () => {
    const open = await net.client.connect({ address, port: 80, localAddress: source(11) });
    expect(await open.say('hello')).toBe('one hello');
    await net.put(sticky([0, 1000]));
    expect(await visits()).toEqual(['two']);
    expect(await open.say('still')).toBe('one still');
    await open.close();
    await net.put(sticky([65_535, 1]));
    expect(await visits()).toEqual(['two']);
    await net.put(sticky([1000, null]));
    expect(await visits()).toEqual(['one']);
  });

  it('tells where a source would go, and why', async () => {
    const ask = async (last: number) => {
      const question = {
        kind: 'route',
        service: `${family}`,
        source: source(last),
        sourcePort: 1,
      } as const;
      return net.engine.answer(question, new AbortController().signal);
    };
    const prefixLength = bits - 2;
    await net.put(sticky([1000, 1000], prefixLength));
    for (const last of [11, 16]) {
      const told = await ask(last);
      expect(told).toMatchObject({ reason: 'slot' });
      const went = await visit(last);
      expect(told).toMatchObject({ address: expect.stringMatching(went === 'one' ? /11$/ : /12$/) });
      expect(await ask(last)).toMatchObject({
        ...told,
        reason: 'persistence',
        expiresInMs: expect.any(Number),
      });
    }
  });

  it('sources that share the prefix are one', async () => {
    const prefixLength = family === 4 ? 24 : 64;
    await net.put(sticky([1000, null], prefixLength));
    expect(await visits(11)).toEqual(['one']);
    await net.put(sticky([1, 65_535], prefixLength));
    for (const last of [12, 13, 14, 15, 16]) expect(await visit(last)).toBe('one');
  });

  it('a connection that closes renews its source', async () => {
    const open = await net.client.connect({ address, port: 80, localAddress: source(11) });
    await open.say('hello');
    await net.put(sticky([1, 65_535]));
    await setTimeout(MOST_OF_IT_MS);
    await open.close();
    await setTimeout(MOST_OF_IT_MS);
    expect(await visit()).toBe('one');
  });

  it('a full map stops no packet: sources go by their slots', async () => {
    await net.restart([sticky([1000, 1000])]);
    await fillSources();
    const served = new Map<number, readonly string[]>();
    for (const last of [11, 12, 13, 14, 15, 16]) served.set(last, await visits(last));
    for (const servers of served.values()) expect(servers).toHaveLength(1);
    await net.put(sticky([1, 65_535]));
    const moved = [];
    for (const last of served.keys()) moved.push(await visit(last));
    expect(new Set(moved)).toEqual(new Set(['two']));
  });

  it('round-robin gives each source one turn, and its connections to one server', async () => {
    const more = { number: family + 10, port: PORT_OF_TURNS, scheduler: 'round-robin', slots: 16 } as const;
    await net.restart([sticky([1000, 1000], bits, more)]);
    const first = [];
    for (const last of [11, 12, 13, 14, 15, 16]) first.push((await visits(last, PORT_OF_TURNS)).join());
    expect(first.filter((server) => server === 'one')).toHaveLength(3);
    expect(first.filter((server) => server === 'two')).toHaveLength(3);
  });
});

describe.each([4, 6] as const)('over IPv%i, round-robin', (family) => {
  const address = family === 4 ? VIP4 : VIP6;
  const inTurn = (number: number, port: number, weights: readonly [number | null, number | null]) =>
    service(number, {
      address,
      port,
      ...(port === 53 && { protocol: 'udp' }),
      scheduler: 'round-robin',
      slots: 16,
      servers: entries(number, family, weights),
    });

  it('gives connections in turn by weight, and packets of a connection to one server', async () => {
    await net.restart([inTurn(family, 80, [3000, 1000])]);
    await net.vip6Usable();
    const served = [];
    for (let index = 0; index < 16; index++) {
      const connection = await net.client.connect({ address, port: 80 });
      for (const text of ['a', 'b']) expect(await connection.say(text)).toBe(`${connection.server} ${text}`);
      served.push(connection.server);
      await connection.close();
    }
    expect(served.filter((server) => server === 'two')).toHaveLength(4);
    expect(served.join()).not.toContain('two,two');
  });

  it('counts for each service alone', async () => {
    await net.restart([inTurn(family, 80, [1000, 1000]), inTurn(family + 10, 53, [1000, 1000])]);
    await net.vip6Usable();
    const [web, dns] = [new Set<string>(), new Set<string>()];
    // One after the other in lockstep: with one count for both, each would always meet the same server.
    for (let index = 0; index < 4; index++) {
      web.add(await net.client.visit({ address, port: 80 }));
      dns.add((await net.client.ask({ address, port: 53, localPort: 26_000 + index })).server);
    }
    expect([web.size, dns.size]).toEqual([2, 2]);
  });

  it('is there after a change of the running engine, without a packet lost to others', async () => {
    await net.restart([service(family, { address, servers: entries(family, family, [1000, 1000]) })]);
    const open = await net.client.connect({ address, port: 80 });
    await open.say('hello');
    expect(await net.put(inTurn(family, 80, [1000, 1000]))).toEqual([]);
    expect(await open.say('still')).toBe(`${open.server} still`);
    const served = [];
    for (let index = 0; index < 4; index++) served.push(await net.client.visit({ address, port: 80 }));
    expect(new Set(served).size).toBe(2);
    net.takeTransactions();
    await net.restart();
    expect(net.takeTransactions()).toEqual([]);
  });
});

/** Segments with data of so many connections, each header with a word of no-operations (RFC 791, 3.1). */
async function sendWithOptions(connections: number, each: number): Promise<void> {
  const program = `
    use Socket;
    socket(my $s, AF_INET, SOCK_RAW, 255) or die;
    my ($from, $to) = map { inet_aton($_) } '198.51.100.10', '${VIP4}';
    for my $port (map { my $p = $_; map { $p } 1 .. ${each} } ${OPTIONS_FROM} .. ${OPTIONS_FROM + connections - 1}) {
      my $ip = pack('CCnnnCCna4a4N', 0x46, 0, 44, 0, 0, 64, 6, 0, $from, $to, 0x01010101);
      my $tcp = pack('nnNNCCnnn', $port, 80, 1, 1, 0x50, 0x18, 1024, 0, 0);
      send($s, $ip . $tcp, 0, pack_sockaddr_in(0, $to)) or die "$!";
    }`;
  await net.clientHost.exec(['perl', '-e', program]);
}

it('round-robin leaves a connection whose packets have IPv4 options with one server', async () => {
  await net.restart([
    service(4, { scheduler: 'round-robin', slots: 16, servers: entries(4, 4, [1000, 1000]) }),
  ]);
  const all = [`tcp sport ${OPTIONS_FROM}-${OPTIONS_FROM + 9}`, 'ip hdrlength 6'].join(' ');
  const watches = [];
  const perPort = Array.from({ length: 10 }, (_, index) => `tcp sport ${OPTIONS_FROM + index}`);
  for (const server of net.servers) {
    watches.push(await PacketCounter.attach(server, 'ingress', [all, ...perPort]));
  }
  await sendWithOptions(10, 6);
  const [one = [], two = []] = await Promise.all(watches.map((watch) => watch.read()));
  expect((one[0] ?? 0) + (two[0] ?? 0)).toBe(60);
  expect([...one.slice(1), ...two.slice(1)].toSorted((a, b) => a - b)).toEqual([
    ...Array<number>(10).fill(0),
    ...Array<number>(10).fill(6),
  ]);
  expect(Math.min(one[0] ?? 0, two[0] ?? 0)).toBeGreaterThan(0);
});

/** Replaces the map of sources by one with room for one, which is taken, and leaves the rules as they are. */
async function fillSources(): Promise<void> {
  const listed = await net.director.exec(['nft', 'list', 'table', 'netdev', 'homeward']);
  const small = listed.replace(/(map sources \{[^}]*?size )\d+/, '$11');
  expect(small).not.toBe(listed);
  // At once, for a packet of an earlier test could take the room.
  const taken = 'add element netdev homeward sources { 999 . 1 timeout 1h : 1 }';
  await net.director.exec(['nft', '-f', '-'], {
    input: `delete table netdev homeward\n${small}\n${taken}\n`,
  });
}
