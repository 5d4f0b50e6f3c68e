import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HealthQuestion } from '../../src/contract/documents.js';
import type { HealthFact } from '../../src/contract/report.js';
import { CheckedServer, type CheckedPort } from '../support/checked-server.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { CERTIFICATE, KEY } from '../support/nobodys-certificate.js';
import { forwardedServers, slotShares } from '../support/kernel-servers.js';
import { PacketCounter } from '../support/packet-counter.js';
import type { Connection } from '../support/traffic.js';
import { untilSo } from '../support/until-so.js';

let net: DirectorNetwork;
let hosts: readonly [CheckedServer, CheckedServer];

const PAGES: readonly CheckedPort[] = [
  { type: 'http', port: 8080 },
  { type: 'https', port: 8443, key: KEY, cert: CERTIFICATE },
];
/** One that is bound to all addresses answers from the one that leads to the asker, which is not the VIP. */
const DATAGRAMS: readonly (readonly CheckedPort[])[] = [
  [{ type: 'udp', port: 53, address: VIP4 }],
  [{ type: 'udp', port: 53, address: '0.0.0.0' }],
];
const page: HealthQuestion = {
  type: 'http',
  port: 8080,
  intervalMs: 200,
  timeoutMs: 180,
  rise: 2,
  fall: 2,
  http: { method: 'GET', path: '/', host: null, expectedStatus: 200 },
};
const unchecked = service(6, { port: 81, servers: entries(6, 4, [1000, 1000]) });
/** Clients use port 80, and what is asked for is a page on port 8080. */
const web = service(1, { servers: entries(1, 4, [1000, 1000]), healthCheck: page });
const six = service(2, { address: VIP6, servers: entries(2, 6, [1000, 1000]), healthCheck: page });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-hea`);
  hosts = [new CheckedServer(net.servers[0]), new CheckedServer(net.servers[1])];
  await net.serve('tcp', VIP4, 80);
  await net.serve('tcp', VIP4, 81);
});
beforeEach(async () => void (await Promise.all([up(0), up(1)])));
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await net.close();
});

describe('a server', () => {
  it('is found healthy on the VIP before it gets anything, over IPv4 and IPv6', async () => {
    await hosts[1].stop();
    await net.reconcile([web, six]);
    expect(await forwardedServers(net.director, 4)).toEqual([]);
    await facts({ 11: 'Answered', 12: 'Refused', 21: 'Answered', 22: 'Refused' });
    await untilSo(
      async () =>
        [await forwardedServers(net.director, 4), await forwardedServers(net.director, 6)].join() === '11,21',
      'one of each',
      2_000,
    );
    await up(1);
    await facts({ 11: 'Answered', 12: 'Answered', 21: 'Answered', 22: 'Answered' });
    await untilSo(async () => (await forwardedServers(net.director, 6)).length === 2, 'both', 2_000);
  });

  it('has to speak TLS where it shall, and to answer a datagram from the VIP', async () => {
    const tls = service(3, { port: 443, servers: entries(3, 4, [1, 1]) });
    const dns = service(4, { protocol: 'udp', port: 53, servers: entries(4, 4, [1, 1]) });
    const plain = { ...tls, number: 5, port: 444, endPort: 444, servers: entries(5, 4, [1, 1]) };
    const { port, intervalMs, timeoutMs, rise, fall } = page;
    const udp = { payload: '', expected: Buffer.from('pong').toString('base64') };
    await net.reconcile([
      { ...tls, healthCheck: { ...page, type: 'https', port: 8443 } },
      { ...dns, healthCheck: { type: 'udp', port: 53, intervalMs, timeoutMs, rise, fall, udp } },
      { ...plain, healthCheck: { ...page, type: 'https', port } },
    ]);
    const both = { 31: 'Answered', 32: 'Answered', 51: 'TlsFailed', 52: 'TlsFailed' };
    await facts({ ...both, 41: 'Answered', 42: 'AnswersOnOwnAddressOnly' });
    await expectForwarded('31,32,41');
  });

  it('whose page stops falls: its connections are placed anew, and all others live', async () => {
    await net.reconcile([web, unchecked]);
    await facts({ 11: 'Answered', 12: 'Answered' });
    const connections = await openTo(['one', 'two']);
    // The control: of a service that nobody checks the very same connections stay.
    const control = await openTo(['one'], 81);
    await hosts[0].stop();
    await facts({ 11: 'Refused', 12: 'Answered' });
    await expectForwarded('12,61,62');
    // The server that has them now has never heard of these connections, and resets them.
    for (const each of connections.one) await expect(each.say('x')).rejects.toThrow();
    for (const each of connections.two) expect(await each.say('x')).toContain('two');
    for (const each of control.one) expect(await each.say('x')).toContain('one');
    const visits = Array.from({ length: 10 }, () => net.client.visit({ address: VIP4, port: 80 }));
    expect(new Set(await Promise.all(visits))).toEqual(new Set(['two']));
    await up(0);
    await facts({ 11: 'Answered', 12: 'Answered' });
    await openTo(['one']);
    for (const each of connections.two) expect(await each.say('x')).toContain('two');
  });

  it('that answers on its own address alone is told so', async () => {
    await bothForwarded();
    await net.servers[0].exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'lo']);
    try {
      await facts({ 11: 'AnswersOnOwnAddressOnly', 12: 'Answered' });
      const [fact] = await health();
      expect(fact?.message).toContain('It answers on 192.0.2.11, but not on the VIP 192.0.2.200.');
      expect(await forwardedServers(net.director, 4)).toEqual(['12']);
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
      await expectForwarded('11');
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
    await expectForwarded('11,12');
    const { conditions } = await net.engine.describe();
    expect(conditions.find(({ type }) => type === 'ServicesInPanic')).toMatchObject({
      status: 'True',
      message: expect.stringContaining('192.0.2.200 tcp/80'),
    });
    await net.client.visit({ address: VIP4, port: 80 });
    await up(0);
    await facts({ 11: 'Answered', 12: 'Refused' });
    await expectForwarded('11');
    // The other one follows long after: the control.
    await hosts[0].stop();
    await facts({ 11: 'Refused', 12: 'Refused' });
    await expectForwarded('');
  });

  it('give way to a backup, whose flows go on when they are back', async () => {
    const [one, two] = entries(1, 4, [1000, 1000]);
    if (one === undefined || two === undefined) throw new Error('there are two');
    await net.reconcile([{ ...web, servers: [one, { ...two, backup: true }] }]);
    await facts({ 11: 'Answered', 12: 'StandingBy' });
    await untilSo(async () => (await slotShares(net.director))[11] === 64, 'the one', 2_000);
    await hosts[0].stop();
    await untilSo(async () => (await slotShares(net.director))[12] === 64, 'the backup', 3_000);
    const { two: held } = await openTo(['two']);
    await up(0);
    await untilSo(async () => (await slotShares(net.director))[11] === 64, 'the one again', 5_000);
    for (const each of held) expect(await each.say('x')).toContain('two');
  });
});

describe('a server that comes back', () => {
  it('gets its share in steps', async () => {
    await net.reconcile([{ ...web, slowStartMs: 1_000 }]);
    await expectForwarded('11,12');
    expect((await slotShares(net.director))[11]).toBe(32);
    await hosts[0].stop();
    await expectForwarded('12');
    net.takeTransactions();
    await up(0);
    const seen = new Set<number>();
    await untilSo(
      async () => seen.add((await slotShares(net.director))[11] ?? 0).has(32),
      'the whole share',
      6_000,
    );
    expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
    expect([...seen].filter((share) => share > 0 && share < 32).length).toBeGreaterThan(2);
    expect(net.takeTransactions().length).toBeLessThanOrEqual(10);
  });
});

describe('an engine', () => {
  it('that is gone leaves what it forwarded to, and the next one takes it for healthy and sends nothing', async () => {
    await bothForwarded();
    const { one, two } = await openTo(['one', 'two']);
    await net.engine.stop();
    // The kernel clears a namespace away when it comes to it, and the link with it.
    const links = () => net.director.exec(['ip', 'link']);
    await untilSo(async () => !(await links()).includes('homeward-probe'), 'no link', 10_000);
    await expectForwarded('11,12');
    net.takeTransactions();
    await net.restart([web]);
    await facts({ 11: 'Answered', 12: 'Answered' });
    expect(net.takeTransactions().filter((text) => !text.includes('homeward-probe'))).toEqual([]);
    for (const each of [...one, ...two]) expect(await each.say('x')).toMatch(/one|two/);
  });

  it('asks once for all services with the same question, and counts no question as a client', async () => {
    const more = [3, 4].map((number) => ({ ...web, number, port: number, endPort: number }));
    const both = more.map((each) => ({ ...each, servers: entries(each.number, 4, [1000, 1000]) }));
    await net.reconcile([web, ...both, service(5, { port: 8080, servers: entries(5, 4, [1000, 1000]) })]);
    await untilSo(async () => (await forwardedServers(net.director, 4)).length === 8, 'all', 3_000);
    const seen = await PacketCounter.attach(net.servers[0], 'ingress', ['tcp dport 8080 tcp flags syn']);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const [syns = 0] = await seen.read();
    // Every 200 ms, a little more or less; each for itself, three services would have asked 15 times and more.
    expect(syns).toBeGreaterThanOrEqual(3);
    expect(syns).toBeLessThanOrEqual(7);
    const asked = { kind: 'stats', service: '5' } as const;
    const told = await net.engine.answer(asked, AbortSignal.timeout(5_000));
    expect(told).toMatchObject({ service: { packets: 0, flows: 0 } });
  });

  it('keeps all where somebody takes rules or link from its probe, and has it asking again', async () => {
    await bothForwarded();
    await untilSo(fallsWithoutRules, 'servers that fall and are kept', 5_000);
    await facts({ 11: 'Answered', 12: 'Answered' });
    await net.director.exec(['ip', 'link', 'delete', 'homeward-probe']);
    const links = () => net.director.exec(['ip', 'link']);
    await untilSo(async () => (await links()).includes('homeward-probe'), 'another link', 5_000);
    await expectForwarded('11,12');
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
    await expectForwarded('11,12');
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

async function bothForwarded(): Promise<void> {
  await net.reconcile([web]);
  await facts({ 11: 'Answered', 12: 'Answered' });
  await expectForwarded('11,12');
}

async function expectForwarded(numbers: string): Promise<void> {
  await untilSo(
    async () => (await forwardedServers(net.director, 4)).join() === numbers,
    `packets to ${numbers}`,
    5_000,
  );
}

/** Three connections to each of these, at least. */
async function openTo(names: readonly ('one' | 'two')[], port = 80) {
  const open: Record<'one' | 'two', Connection[]> = { one: [], two: [] };
  const enough = () => names.every((name) => open[name].length > 2);
  await untilSo(
    async () => {
      const connection = await net.client.connect({ address: VIP4, port });
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

async function up(index: 0 | 1): Promise<void> {
  await hosts[index].start([...PAGES, ...(DATAGRAMS[index] ?? [])]);
}

async function health(): Promise<readonly HealthFact[]> {
  return (await net.engine.describe()).health;
}

/** Takes the rules of the probe once more: they are often back before a question was lost. */
async function fallsWithoutRules(): Promise<boolean> {
  const table = 'table netdev homeward-probe';
  await net.director.exec(['nft', `add ${table}; delete ${table}`]);
  return (await health()).every(({ reason }) => reason === 'KeptByPanicGuard');
}

/** Waits until the reasons of these servers are told, and no others. */
async function facts(reasons: Readonly<Record<number, string>>): Promise<void> {
  const told = async () => Object.fromEntries((await health()).map(({ number, reason }) => [number, reason]));
  await expect.poll(told, { timeout: 5_000, interval: 20 }).toEqual(reasons);
}
