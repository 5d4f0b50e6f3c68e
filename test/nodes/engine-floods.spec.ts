/** What connections that say nothing, and packets without a connection, do to the maps that the kernel fills. */
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DIRECTOR_MAC, VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { PacketCounter } from '../support/packet-counter.js';
import type { Connection } from '../support/traffic.js';

const SEND = fileURLToPath(new URL('../support/send-segments.pl', import.meta.url));
const FLOOD_SENDER = fileURLToPath(new URL('../support/send-flood.pl', import.meta.url));
/** Of the router, on the side of the director. */
const ROUTER_MAC = '02:00:00:00:01:02';
const CLIENT = '198.51.100.10';
/** Bits of the flags' octet, RFC 9293, 3.1. */
const SYN = 0x02;
const ACK = 0x10;
const PSH_ACK = 0x18;
const FLOOD = 3_000;
const MILLION = 1_000_000;
const SPARE = 50_000;
const BETWEEN_CONNECTIONS_MS = 50;

/** Short ones, to wait for. Beyond them the rules are those of every director. */
const TIMEOUTS = { established: 60, silent: 60, pending: 1, claimed: 1, datagrams: 60 };
/** Longer than a delayed acknowledgement, or the first retransmission. */
const QUIET_MS = 300;
const LONGER_THAN_PENDING_MS = 1_800;

let net: DirectorNetwork;
const weighted = (...weights: [number | null, number | null]) =>
  service(1, { servers: entries(1, 4, weights) });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-flo`);
  for (const vip of [VIP4, VIP6]) await net.serve('tcp', vip, 80);
});
beforeEach(async () => {
  await flushRuleset();
  expect(await net.restart([weighted(1000, null)], { timeouts: TIMEOUTS })).toEqual([]);
});
afterAll(() => net.close());

describe('a connection that says nothing after its handshake', () => {
  it('outlives those that never ended theirs, and goes on when its server is drained', async () => {
    const open = await connections(10);
    await setTimeout(LONGER_THAN_PENDING_MS);
    await net.put(weighted(0, 1000));
    expect(await survivors(open)).toBe(10);
  });

  it('breaks where it is given no longer life', async () => {
    await flushRuleset();
    await net.restart([weighted(1000, null)], { timeouts: { ...TIMEOUTS, silent: 1 } });
    const open = await connections(10);
    await setTimeout(LONGER_THAN_PENDING_MS);
    await net.put(weighted(0, 1000));
    expect(await survivors(open)).toBe(0);
  });

  it('takes no second place once it has spoken, and its closing is short', async () => {
    const [open] = await connections(1);
    expect(await counts()).toEqual({ flows: 0, pending: 1, claims: 0 });
    await open?.say('hello');
    expect(await counts()).toEqual({ flows: 1, pending: 0, claims: 0 });
    await open?.close();
    expect(await counts()).toEqual({ flows: 0, pending: 0, claims: 1 });
    await setTimeout(LONGER_THAN_PENDING_MS);
    expect(await counts()).toEqual({ flows: 0, pending: 0, claims: 0 });
  });

  it('closes as shortly without ever having spoken', async () => {
    const [open] = await connections(1);
    await open?.close();
    await setTimeout(LONGER_THAN_PENDING_MS);
    expect(await counts()).toEqual({ flows: 0, pending: 0, claims: 0 });
  });
});

describe('a flood of single packets', () => {
  it.each([
    ['SYN', SYN, { flows: 0, pending: FLOOD, claims: 0 }],
    ['bare ACK', ACK, { flows: 0, pending: 0, claims: FLOOD }],
    ['data', PSH_ACK, { flows: 0, pending: 0, claims: FLOOD }],
  ])('of %s takes no lasting place', async (_, flags, expected) => {
    await flushRuleset();
    // While the entries of the flood are counted none may end.
    await net.restart([weighted(1000, null)], { timeouts: { ...TIMEOUTS, pending: 30, claimed: 30 } });
    await flood(flags, 20_000);
    expect(await counts()).toEqual(expected);
    await flushRuleset();
    await net.restart([weighted(1000, null)], { timeouts: TIMEOUTS });
    await flood(flags, 20_000);
    await setTimeout(LONGER_THAN_PENDING_MS);
    expect(await counts()).toEqual({ flows: 0, pending: 0, claims: 0 });
  });

  it('leaves established connections, and those to come, what they need', async () => {
    const [open] = await connections(1);
    await open?.say('hello');
    await flood(SYN, 20_000);
    await flood(PSH_ACK, 30_000);
    const [later] = await connections(1);
    await later?.say('hello');
    expect(await counts()).toMatchObject({ flows: 2 });
    await net.put(weighted(0, 1000));
    expect(await survivors([open, later].filter((each) => each !== undefined))).toBe(2);
  });

  it('is no flood with a second packet, which is what the limits of the maps are for', async () => {
    await flood(PSH_ACK, 20_000);
    await flood(PSH_ACK, 20_000);
    expect(await counts()).toMatchObject({ flows: FLOOD, claims: 0 });
  });
});

describe('a connection that the director forgot', () => {
  it('is known again after two packets with data', async () => {
    const [open] = await connections(1);
    await open?.say('hello');
    await setTimeout(QUIET_MS);
    await net.director.exec(['nft', 'flush map netdev homeward flows4; flush map netdev homeward pending4']);
    await open?.say('I claim to be established');
    expect(await counts()).toMatchObject({ flows: 0, claims: 1 });
    await open?.say('and say so again');
    expect(await counts()).toMatchObject({ flows: 1, claims: 0 });
    await net.put(weighted(0, 1000));
    expect(await open?.say('still')).toBe('one still');
  });
});

describe.each([
  [4, VIP4, 'ip saddr 10.0.0.0/8'],
  [6, VIP6, 'ip6 saddr 2001:db8:f::/48'],
] as const)('a million SYN from as many sources, over IPv%i,', (family, address, spoofed) => {
  const moved = (...weights: [number | null, number | null]) =>
    service(family, { address, servers: entries(family, family, weights) });
  const connect = async () => {
    const connection = await net.client.connect({ address, port: 80 });
    await connection.say('hello');
    return connection;
  };

  it('neither end what is there nor stop what begins, though there is no room left', async () => {
    await net.restart([moved(1000, null)]);
    await net.vip6Usable();
    // Answers to nobody are no part of it.
    for (const server of net.servers) await server.exec(['nft', drop(spoofed)]);
    const open = [await connect(), await connect(), await connect()];
    const watch = await PacketCounter.attach(net.director, 'ingress', [spoofed]);
    let over = false;
    const flood = floodFromEverywhere(address).finally(() => (over = true));
    while (!over) {
      open.push(await connect());
      await setTimeout(BETWEEN_CONNECTIONS_MS);
    }
    await flood;
    expect((await watch.read())[0]).toBeGreaterThanOrEqual(MILLION);
    await expect(addTo(`pending${family}`)).rejects.toThrow('Too many open files');
    open.push(await connect(), await connect());
    await net.put(moved(1, 65_535));
    expect((await connect()).server).toBe('two');
    expect(await survivors(open)).toBe(open.length);
    expect(open.length).toBeGreaterThan(10);
    for (const connection of open) await connection.close();
  });
});

/** Some get lost where they are sent. */
function floodFromEverywhere(address: string): Promise<string> {
  const [own, director] = [ROUTER_MAC, DIRECTOR_MAC].map((mac) => mac.replaceAll(':', ''));
  const count = `${MILLION + SPARE}`;
  return net.router.exec(['perl', FLOOD_SENDER, 'eth1', own ?? '', director ?? '', address, '80', count], {
    timeoutMs: 60_000,
  });
}

function drop(match: string): string {
  const chain = 'netdev deaf in';
  return `add table netdev deaf; add chain ${chain} { type filter hook ingress device eth0 priority -500; }; add rule ${chain} ${match} drop`;
}

/** One element more. */
function addTo(map: string): Promise<string> {
  const key = map.endsWith('4') ? '9 . 1 . 1' : '9 . 1';
  return net.director.exec(['nft', `add element netdev homeward ${map} { ${key} : 9 }`]);
}

async function flushRuleset(): Promise<void> {
  await net.director.exec(['nft', 'flush', 'ruleset']);
}

function flood(flags: number, firstPort: number): Promise<string> {
  return net.clientHost.exec(['perl', SEND, CLIENT, VIP4, '80', `${flags}`, `${firstPort}`, `${FLOOD}`]);
}

async function connections(count: number): Promise<readonly Connection[]> {
  const open = [];
  for (let index = 0; index < count; index++) {
    open.push(await net.client.connect({ address: VIP4, port: 80 }));
  }
  return open;
}

async function survivors(open: readonly Connection[]): Promise<number> {
  const answers = await Promise.all(open.map((connection) => connection.say('still').catch(() => '')));
  return answers.filter((answer) => answer === 'one still').length;
}

async function counts(): Promise<Readonly<Record<string, number>>> {
  const count = async (map: string): Promise<number> => {
    const listed = await net.director.exec(['nft', '-j', 'list', 'map', 'netdev', 'homeward', `${map}4`]);
    const { nftables } = JSON.parse(listed) as { nftables: { map?: { elem?: unknown[] } }[] };
    return nftables.flatMap((entry) => entry.map?.elem ?? []).length;
  };
  return { flows: await count('flows'), pending: await count('pending'), claims: await count('claims') };
}
