import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { PacketCounter } from '../support/packet-counter.js';
import type { Connection } from '../support/traffic.js';

const CONNECTIONS = 30;
/** Longer than a delayed acknowledgement, or the first retransmission. */
const QUIET_MS = 300;
let net: DirectorNetwork;

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-aff`);
  for (const vip of [VIP4, VIP6]) {
    await net.serve('tcp', vip, 80);
    await net.serve('udp', vip, 53);
  }
  await net.restart([service(1, { servers: [] }), service(2, { address: VIP6, servers: [] })]);
  await net.vip6Usable();
});

afterAll(() => net.close());

describe.each([4, 6] as const)('over IPv%i, established connections', (family) => {
  const address = family === 4 ? VIP4 : VIP6;
  const number = family;
  const weighted = (...weights: [number | null, number | null]) =>
    service(number, { address, servers: entries(number, family, weights) });

  beforeEach(() =>
    net.restart([weighted(1000, 1000), service(number + 10, { address, port: 81, servers: [] })]),
  );

  it('go on when their server is drained, while new ones go to the other', async () => {
    const open = await connections(address);
    await net.put(weighted(0, 1000));
    expect(await survivors(open)).toBe(CONNECTIONS);
    for (const { server } of await connections(address)) expect(server).toBe('two');
    await closeAll(open);
  });

  it('stay where they are when a server comes', async () => {
    await net.put(weighted(1000, null));
    const open = await connections(address);
    expect(new Set(open.map(({ server }) => server))).toEqual(new Set(['one']));
    await net.put(weighted(1000, 1000));
    expect(await survivors(open)).toBe(CONNECTIONS);
    expect(new Set((await connections(address)).map(({ server }) => server)).size).toBe(2);
    await closeAll(open);
  });

  it('break without the flow map, where they would not with it', async () => {
    await net.put(weighted(1000, null));
    const open = await connections(address);
    await net.put(weighted(null, 1000));
    // The control: their server is gone for good, so they are placed anew and reset.
    expect(await survivors(open)).toBe(0);
    await net.put(weighted(1000, null));
    const others = await connections(address);
    await net.put(weighted(1, 65_535));
    await flushAll(family);
    expect(await survivors(others)).toBeLessThan(CONNECTIONS / 2);
    await closeAll([...open, ...others]);
  });

  it('survive a restart of the engine and a change of weights after it', async () => {
    const open = await connections(address);
    await net.restart();
    await net.put(weighted(1, 65_535));
    await net.put(weighted(65_535, 1));
    expect(await survivors(open)).toBe(CONNECTIONS);
    await closeAll(open);
  });

  it('go on while the last server is drained, and new ones are answered by nobody', async () => {
    await net.put(weighted(1000, null));
    const open = await connections(address);
    await net.put(weighted(0, null));
    expect(await survivors(open)).toBe(CONNECTIONS);
    await expect(net.client.visit({ address, port: 80 })).rejects.toThrow('no answer in time');
    await closeAll(open);
  });

  it('do not bind a port that is used again to a server that is drained', async () => {
    await net.put(weighted(1000, null));
    // Below the ports that the kernel gives out by itself.
    const localPort = 25_000 + family;
    const first = await net.client.connect({ address, port: 80, localPort });
    await first.say('data makes it a known flow');
    await net.put(weighted(0, 1000));
    await forgetLocally(first);
    expect(await net.client.visit({ address, port: 80, localPort })).toBe('two');
  });

  it('go on when their service moves, and leave its place to the next one', async () => {
    await net.serve('tcp', address, 81);
    await net.put(weighted(1000, null));
    const localPort = 25_100 + family;
    const open = await net.client.connect({ address, port: 80, localPort });
    await open.say('data makes it a known flow');
    const next = service(number + 20, { address, servers: entries(number + 20, family, [null, 1000]) });
    await net.put({ ...weighted(1000, null), port: 81, endPort: 81 }, next);
    expect(await open.say('still')).toBe('one still');
    await forgetLocally(open);
    // The very same ports begin anew: what is remembered of the former service must not hold them.
    const begins = [`tcp sport ${localPort} tcp flags & (syn | ack) == syn`];
    const atFormer = await PacketCounter.attach(net.servers[0], 'ingress', begins);
    expect(await net.client.visit({ address, port: 80, localPort })).toBe('two');
    expect(await atFormer.read()).toEqual([0]);
    await net.remove(next);
  });

  it('go on, and new ones begin, with every flow map full', async () => {
    // A port that an earlier test used may still be bound to a server that its slot does not name.
    await flushAll(family);
    const open = await connections(address);
    const only = await fill(family);
    expect(await survivors(open)).toBe(CONNECTIONS);
    const more = await connections(address);
    expect(await survivors(more)).toBe(CONNECTIONS);
    expect(await entriesOf('flows', family)).toBe(1);
    await closeAll([...open, ...more, only]);
  });

  it('are not recorded before data flows, so a flood of SYN cannot take their room', async () => {
    await quiet(family);
    const [silent] = await connections(address, 1, () => Promise.resolve());
    expect(await entriesOf('flows', family)).toBe(0);
    expect(await entriesOf('pending', family)).toBe(1);
    await silent?.say('now');
    expect(await entriesOf('flows', family)).toBe(1);
    await silent?.close();
    await expect.poll(() => entriesOf('flows', family)).toBe(0);
  });

  it('find their entry again under the key that they made', async () => {
    await quiet(family);
    const open = await connections(address);
    for (let round = 0; round < 3; round++) await survivors(open);
    // Had the lookup missed, or the key been garbled, there would be more entries than connections, or fewer.
    expect(await entriesOf('flows', family)).toBe(CONNECTIONS);
    await closeAll(open);
  });
});

describe('the scheduler source-hash', () => {
  it('sends all connections of a client to one server', async () => {
    await net.restart([service(7, { scheduler: 'source-hash', servers: entries(7, 4, [1000, 1000]) })]);
    const open = await connections(VIP4);
    expect(new Set(open.map(({ server }) => server)).size).toBe(1);
    await closeAll(open);
  });
});

describe('conversations over UDP', () => {
  it('stay with their server when another comes', async () => {
    const udp = (...weights: [number | null, number | null]) =>
      service(8, { protocol: 'udp', port: 53, servers: entries(8, 4, weights) });
    await net.restart([udp(1000, null)]);
    const ports = Array.from({ length: CONNECTIONS }, (_, index) => 21_000 + index);
    const ask = async (localPort: number) =>
      (await net.client.ask({ address: VIP4, port: 53, localPort })).server;
    for (const port of ports) expect(await ask(port)).toBe('one');
    await net.put(udp(1, 65_535));
    for (const port of ports) expect(await ask(port)).toBe('one');
    const fresh = [];
    for (const port of ports) fresh.push(await ask(port + 500));
    expect(fresh).toContain('two');
  });
});

/** Opens connections and, unless told otherwise, sends data on each. */
async function connections(
  address: string,
  count = CONNECTIONS,
  begin: (connection: Connection) => Promise<unknown> = (connection) => connection.say('hello'),
): Promise<readonly Connection[]> {
  const open = [];
  for (let index = 0; index < count; index++) {
    const connection = await net.client.connect({ address, port: 80 });
    await begin(connection);
    open.push(connection);
  }
  return open;
}

async function survivors(open: readonly Connection[]): Promise<number> {
  const alive = await Promise.all(
    open.map((connection) =>
      connection.say('still there').then(
        (text) => text === `${connection.server} still there`,
        () => false,
      ),
    ),
  );
  return alive.filter(Boolean).length;
}

async function closeAll(open: readonly Connection[]): Promise<void> {
  for (const connection of open) await connection.close();
}

/** Ends a connection so that the director never hears of it: the port can be used again at once. */
async function forgetLocally(connection: Connection): Promise<void> {
  const drop = [
    'nft',
    'add table netdev deaf; add chain netdev deaf in { type filter hook ingress device eth0 priority -500; policy drop; }',
  ] as const;
  await net.director.exec([...drop]);
  await connection.reset();
  await net.director.exec(['nft', 'delete', 'table', 'netdev', 'deaf']);
}

const TCP_MAPS = ['flows', 'pending', 'claims'];

async function flushAll(family: number): Promise<void> {
  const text = TCP_MAPS.map((map) => `flush map netdev homeward ${map}${family}`).join('; ');
  await net.director.exec(['nft', text]);
}

/** Empties the maps until no packet of an earlier test fills them again. */
async function quiet(family: number): Promise<void> {
  await expect
    .poll(
      async () => {
        await flushAll(family);
        await setTimeout(QUIET_MS);
        const counts = [];
        for (const map of TCP_MAPS) counts.push(await entriesOf(map, family));
        return counts.reduce((sum, count) => sum + count, 0);
      },
      { timeout: 10_000 },
    )
    .toBe(0);
}

async function entriesOf(map: string, family: number): Promise<number> {
  const listed = await net.director.exec([
    'nft',
    '-j',
    'list',
    'map',
    'netdev',
    'homeward',
    `${map}${family}`,
  ]);
  const { nftables } = JSON.parse(listed) as { nftables: { map?: { elem?: unknown[] } }[] };
  return nftables.flatMap((entry) => entry.map?.elem ?? []).length;
}

/** Replaces the maps that the kernel fills by ones with room for nothing more, and leaves the rules as they are. */
async function fill(family: number): Promise<Connection> {
  const listed = await net.director.exec(['nft', 'list', 'table', 'netdev', 'homeward']);
  const small = listed
    .replaceAll(/size \d+\n(\s+flags dynamic)/g, 'size 1\n$1')
    .replaceAll(
      /(map (?:flows|pending|claims|datagrams)[46] \{[^}]*?timeout [^\n]*\n)\s+elements = \{[^}]*\}\n/g,
      '$1',
    );
  expect(small).not.toBe(listed);
  await net.director.exec(['nft', '-f', '-'], { input: `delete table netdev homeward\n${small}` });
  // One flow takes the only place.
  const first = await net.client.connect({ address: family === 4 ? VIP4 : VIP6, port: 80 });
  await first.say('mine');
  return first;
}
