import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HealthQuestion, ServiceDocument } from '../../src/contract/documents.js';
import type { HealthFact } from '../../src/contract/report.js';
import { CheckedServer, type CheckedPort } from '../support/checked-server.js';
import { DirectorNetwork, entries, service, VIP4, VIP6 } from '../support/director-network.js';
import { PacketCounter } from '../support/packet-counter.js';
import type { Connection } from '../support/traffic.js';
import { untilSo } from '../support/until-so.js';

let net: DirectorNetwork;
let hosts: readonly [CheckedServer, CheckedServer];

const PAGES: readonly CheckedPort[] = [{ type: 'http', port: 8080 }];
const page: HealthQuestion = {
  type: 'http',
  port: 8080,
  intervalMs: 200,
  timeoutMs: 180,
  rise: 2,
  fall: 2,
  http: { method: 'GET', path: '/', host: null, expectedStatus: 200 },
};
/** Clients use port 80, and what is asked for is a page on port 8080. */
const web = service(1, { servers: entries(1, 4, [1000, 1000]), healthCheck: page });
const six = service(2, { address: VIP6, servers: entries(2, 6, [1000, 1000]), healthCheck: page });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-hea`);
  hosts = [new CheckedServer(net.servers[0]), new CheckedServer(net.servers[1])];
  await net.serve('tcp', VIP4, 80);
});
beforeEach(async () => {
  await Promise.all(hosts.map((host) => host.start(PAGES)));
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await net.close();
});

describe('a server', () => {
  it('is found healthy on the VIP before it gets anything, over IPv4 and IPv6', async () => {
    await hosts[1].stop();
    await net.restart([web, six]);
    expect(await forwarded(4)).toEqual([]);
    await facts({ 11: 'Answered', 12: 'Refused', 21: 'Answered', 22: 'Refused' });
    await untilSo(
      async () => [await forwarded(4), await forwarded(6)].join() === '11,21',
      'one of each',
      2_000,
    );
    await hosts[1].start(PAGES);
    await facts({ 11: 'Answered', 12: 'Answered', 21: 'Answered', 22: 'Answered' });
    await untilSo(async () => (await forwarded(6)).length === 2, 'both', 2_000);
  });

  it('whose page stops falls: its connections are placed anew, and the others live', async () => {
    await bothForwarded();
    const connections = await openTo(['one', 'two']);
    await hosts[0].stop();
    await facts({ 11: 'Refused', 12: 'Answered' });
    await untilSo(async () => (await forwarded(4)).join() === '12', 'the fall', 2_000);
    // The server that has them now has never heard of these connections, and resets them.
    for (const each of connections.one) await expect(each.say('still there?')).rejects.toThrow();
    for (const each of connections.two) expect(await each.say('x')).toContain('two');
    for (let visit = 0; visit < 10; visit++)
      expect(await net.client.visit({ address: VIP4, port: 80 })).toBe('two');
    await hosts[0].start(PAGES);
    await facts({ 11: 'Answered', 12: 'Answered' });
    await openTo(['one']);
    for (const each of connections.two) expect(await each.say('x')).toContain('two');
  });

  it('that nobody checks keeps its connections, which is the control of the above', async () => {
    await net.restart([service(1, { servers: entries(1, 4, [1000, 1000]) })]);
    const { one } = await openTo(['one']);
    await hosts[0].stop();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const each of one) expect(await each.say('x')).toContain('one');
  });

  it('that answers on its own address alone is told so', async () => {
    await bothForwarded();
    await net.servers[0].exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'lo']);
    try {
      await facts({ 11: 'AnswersOnOwnAddressOnly', 12: 'Answered' });
      const [fact] = await health();
      expect(fact?.message).toContain('It answers on 192.0.2.11, but not on the VIP 192.0.2.200.');
      expect(await forwarded(4)).toEqual(['12']);
    } finally {
      await net.servers[0].exec(['ip', 'address', 'add', `${VIP4}/32`, 'dev', 'lo']);
    }
    await facts({ 11: 'Answered', 12: 'Answered' });
  });

  it('that dies in silence falls', async () => {
    await bothForwarded();
    await net.servers[1].exec(['nft', '-f', '-'], { input: DEAF });
    try {
      await facts({ 11: 'Answered', 12: 'TimedOut' });
      await untilSo(async () => (await forwarded(4)).join() === '11', 'the fall', 2_000);
    } finally {
      await net.servers[1].exec(['nft', 'delete', 'table', 'netdev', 'deaf']);
    }
  });
});

describe('servers that fall together', () => {
  it('are kept, and told, while those that fall one by one go', async () => {
    await bothForwarded();
    await Promise.all(hosts.map((host) => host.stop()));
    await facts({ 11: 'KeptByPanicGuard', 12: 'KeptByPanicGuard' });
    await untilSo(async () => (await forwarded(4)).length === 2, 'both', 2_000);
    const { conditions } = await net.engine.describe();
    expect(conditions.find(({ type }) => type === 'ServicesInPanic')).toMatchObject({
      status: 'True',
      message: expect.stringContaining('192.0.2.200 tcp/80'),
    });
    await net.client.visit({ address: VIP4, port: 80 });
    await hosts[0].start(PAGES);
    await facts({ 11: 'Answered', 12: 'Refused' });
    await untilSo(async () => (await forwarded(4)).join() === '11', 'the end of the panic', 2_000);
    // The other one follows long after: the control.
    await hosts[0].stop();
    await facts({ 11: 'Refused', 12: 'Refused' });
    await untilSo(async () => (await forwarded(4)).length === 0, 'none', 2_000);
  });

  it('give way to a backup, whose flows go on when they are back', async () => {
    const [one, two] = entries(1, 4, [1000, 1000]);
    if (one === undefined || two === undefined) throw new Error('there are two');
    await net.restart([{ ...web, servers: [one, { ...two, backup: true }] }]);
    await facts({ 11: 'Answered', 12: 'StandingBy' });
    await untilSo(async () => (await shares())[11] === 64, 'the one', 2_000);
    await hosts[0].stop();
    await untilSo(async () => (await shares())[12] === 64, 'the backup', 3_000);
    const { two: held } = await openTo(['two']);
    await hosts[0].start(PAGES);
    await untilSo(async () => (await shares())[11] === 64, 'the one again', 5_000);
    for (const each of held) expect(await each.say('x')).toContain('two');
  });
});

describe('a server that comes back', () => {
  it('gets its share in steps', async () => {
    await net.restart([{ ...web, slowStartMs: 1_000 }]);
    await untilSo(async () => (await forwarded(4)).length === 2, 'both', 3_000);
    expect((await shares())[11]).toBe(32);
    await hosts[0].stop();
    await untilSo(async () => (await forwarded(4)).length === 1, 'the fall', 3_000);
    net.takeTransactions();
    await hosts[0].start(PAGES);
    const seen = new Set<number>();
    await untilSo(async () => seen.add((await shares())[11] ?? 0).has(32), 'the whole share', 6_000);
    expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
    expect([...seen].filter((share) => share > 0 && share < 32).length).toBeGreaterThan(2);
    expect(net.takeTransactions().length).toBeLessThanOrEqual(10);
  });
});

describe('an engine', () => {
  it('that starts anew takes what the kernel forwards to for healthy, and sends nothing', async () => {
    await bothForwarded();
    const { one, two } = await openTo(['one', 'two']);
    net.takeTransactions();
    await net.restart([web]);
    expect(toTheTable(net.takeTransactions())).toEqual([]);
    await facts({ 11: 'Answered', 12: 'Answered' });
    expect(toTheTable(net.takeTransactions())).toEqual([]);
    for (const each of [...one, ...two]) expect(await each.say('x')).toMatch(/one|two/);
  });

  it('that is gone leaves what it forwarded to', async () => {
    await bothForwarded();
    const { one } = await openTo(['one']);
    await net.engine.stop();
    expect(await net.director.exec(['ip', 'link'])).not.toContain('homeward-probe');
    expect((await forwarded(4)).length).toBe(2);
    for (const each of one) expect(await each.say('x')).toContain('one');
  });

  it('asks once for all services with the same question, and counts no question as a client', async () => {
    const more = [3, 4].map((number) => ({ ...web, number, port: number, endPort: number }));
    const both = more.map((each) => ({ ...each, servers: entries(each.number, 4, [1000, 1000]) }));
    await net.restart([web, ...both, service(5, { port: 8080, servers: entries(5, 4, [1000, 1000]) })]);
    await untilSo(async () => (await forwarded(4)).length === 8, 'all', 3_000);
    const seen = await PacketCounter.attach(net.servers[0], 'ingress', ['tcp dport 8080 tcp flags syn']);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const [syns = 0] = await seen.read();
    // Every 200 ms, a little more or less; each for itself, three services would have asked 15 times and more.
    expect(syns).toBeGreaterThanOrEqual(3);
    expect(syns).toBeLessThanOrEqual(7);
    const services = await net.director.exec(['nft', 'list', 'map', 'netdev', 'homeward', 'services4']);
    expect(services).toContain('tcp . 8080 counter packets 0 bytes 0');
  });

  it('keeps all where somebody flushed the rules of its probe, and has it asking again with the next look', async () => {
    await bothForwarded();
    await facts({ 11: 'Answered', 12: 'Answered' });
    await net.director.exec(['nft', 'delete', 'table', 'netdev', 'homeward-probe']);
    await facts({ 11: 'KeptByPanicGuard', 12: 'KeptByPanicGuard' });
    await untilSo(async () => (await forwarded(4)).length === 2, 'both', 2_000);
    await net.reconcile();
    await facts({ 11: 'Answered', 12: 'Answered' });
  });

  it('says that it cannot check where it may not make a namespace, and forwards to all', async () => {
    net.sabotage = ({ argv }) => argv[0] === 'unshare' && 1;
    try {
      await net.restart([]);
      const { capabilities, conditions } = await net.engine.describe();
      expect(capabilities.healthChecks).toEqual(['none']);
      expect(conditions.at(-1)).toMatchObject({ type: 'HealthChecksAvailable', status: 'False' });
    } finally {
      net.sabotage = undefined;
    }
    const startProgram = () => Promise.reject(new Error('not permitted'));
    await net.restart([web], { startProgram });
    await untilSo(async () => (await forwarded(4)).length === 2, 'both servers unchecked', 2_000);
    const { health: found, conditions } = await net.engine.describe();
    expect(found.map(({ healthy }) => healthy)).toEqual([null, null]);
    expect(conditions.map(({ message }) => message).join()).toContain('not permitted');
    await net.engine.stop();
  });
});

/** Nothing arrives any more, and nobody is told. */
const DEAF = `add table netdev deaf
add chain netdev deaf ears { type filter hook ingress device "eth0" priority -500; policy drop; }
`;

/** Of the transactions those that are not about the probe. */
function toTheTable(transactions: readonly string[]): readonly string[] {
  return transactions.filter((text) => !text.includes('homeward-probe'));
}

async function bothForwarded(only: ServiceDocument = web): Promise<void> {
  await net.restart([only]);
  await untilSo(async () => (await forwarded(4)).length === 2, 'both servers', 3_000);
}

/** Three connections to each of these, at least. */
async function openTo(names: readonly ('one' | 'two')[]) {
  const open: Record<'one' | 'two', Connection[]> = { one: [], two: [] };
  const enough = () => names.every((name) => open[name].length > 2);
  await untilSo(
    async () => {
      const connection = await net.client.connect({ address: VIP4, port: 80 });
      await connection.say('x');
      await connection.say('x');
      open[connection.server === 'one' ? 'one' : 'two'].push(connection);
      return enough();
    },
    'connections to each',
    5_000,
  );
  return open;
}

async function health(): Promise<readonly HealthFact[]> {
  return (await net.engine.describe()).health;
}

/** Waits until the reasons of these servers are told, and no others. */
async function facts(reasons: Readonly<Record<number, string>>): Promise<void> {
  const told = async () => Object.fromEntries((await health()).map(({ number, reason }) => [number, reason]));
  await expect.poll(told, { timeout: 5_000, interval: 20 }).toEqual(reasons);
}

/** Numbers of servers that packets go to. */
async function forwarded(family: 4 | 6): Promise<string[]> {
  const map = `backends${family}.eth0`;
  const listed = await net.director.exec(['nft', 'list', 'map', 'netdev', 'homeward', map]);
  return [...listed.matchAll(/0x([0-9a-f]+) counter/g)]
    .map(([, hex = '']) => `${Number.parseInt(hex, 16)}`)
    .sort();
}

/** How many slots each server has. */
async function shares(): Promise<Record<number, number>> {
  const listed = await net.director.exec(['nft', 'list', 'map', 'netdev', 'homeward', 'slots']);
  const found: Record<number, number> = {};
  for (const [, hex = ''] of listed.matchAll(/: 0x([0-9a-f]+)/g)) {
    const number = Number.parseInt(hex, 16);
    found[number] = (found[number] ?? 0) + 1;
  }
  return found;
}
