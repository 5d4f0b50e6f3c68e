/** What a director tells of its traffic, against what really went through it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Question, ToldOf } from '../../src/contract/questions.js';
import type { RouteTold } from '../../src/contract/told.js';
import type { ServiceInForce } from '../../src/engine/drivers/forwarding-driver.js';
import { TotalsReader } from '../../src/engine/drivers/nftables/read-totals.js';
import type { CommandRunner } from '../../src/platform/command-runner.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';

const PORT = 53;
/** Octets of a datagram with one octet in it: 20 or 40 of IP, 8 of UDP. */
const PACKET_OCTETS = { 4: 29, 6: 49 } as const;
const NUMBERS = { 4: 4, 6: 6 } as const;
const VIPS = { 4: VIP4, 6: VIP6 } as const;
/** More addresses of the client. */
const SOURCES = {
  4: ['198.51.100.10', '198.51.100.77', '198.51.100.200', '198.51.100.254'],
  6: ['2001:db8:1::10', '2001:db8:1::a:77', '2001:db8:1:0:ffff:1:2:3', '2001:db8:1::fffe'],
} as const;
/** Of each address: below those that the kernel gives out by itself, and never used twice. */
const PORTS = { 4: 50, 6: 8 } as const;
/** Of these, so many are asked about once more. */
const AGAIN = 8;
let net: DirectorNetwork;
let lastPort = 10_000;

let inForce: readonly ServiceInForce[];

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-see`);
  for (const family of [4, 6] as const) {
    await net.serve('udp', VIPS[family], PORT);
    for (const source of SOURCES[family].slice(1)) {
      const add = `${source}/${family === 4 ? 32 : 128}`;
      const more = family === 6 ? ['nodad'] : [];
      await net.clientHost.exec(['ip', 'address', 'add', add, 'dev', 'eth0', ...more]);
    }
  }
  await net.serve('tcp', VIP4, 80);
  const both = (family: 4 | 6) => entries(NUMBERS[family], family, [1000, 3000]);
  const datagrams = (family: 4 | 6) =>
    service(NUMBERS[family], {
      address: VIPS[family],
      protocol: 'udp',
      port: PORT,
      servers: both(family),
    });
  const web = service(1, { servers: entries(1, 4, [1000, null]) });
  const range = service(2, { port: 8000, endPort: 8100, servers: entries(2, 4, [null, 1000]) });
  const bySource = service(3, { port: 81, scheduler: 'source-hash', servers: entries(3, 4, [1000, 1000]) });
  const drained = service(5, { port: 82, servers: entries(5, 4, [0, 0]) });
  await net.serve('tcp', VIP4, 8050);
  await net.serve('tcp', VIP4, 81);
  const bodies = [datagrams(4), datagrams(6), web, range, bySource, drained];
  inForce = bodies.map((body) => ({ key: `${body.number}`, version: 1, revision: 1, body }));
  expect(await net.restart(bodies)).toEqual([]);
  await net.vip6Usable();
});

afterAll(() => net.close());

function ask<Q extends Question>(question: Q): Promise<ToldOf<Q>> {
  return net.engine.answer(question, new AbortController().signal) as Promise<ToldOf<Q>>;
}

const stats = (number: number) => ask({ kind: 'stats', service: `${number}` });
const flows = (number: number, more: object = {}) =>
  ask({ kind: 'flows', service: `${number}`, limit: 200, ...more });
const route = (number: number, source: string, sourcePort: number) =>
  ask({ kind: 'route', service: `${number}`, source, sourcePort });

/** Where the client's packets come from until it is said otherwise. */
async function comeFrom(family: 4 | 6, source: string): Promise<void> {
  const gateway = family === 4 ? '198.51.100.1' : '2001:db8:1::1';
  const route = ['default', 'via', gateway, 'src', source];
  await net.clientHost.exec(['ip', `-${family}`, 'route', 'replace', ...route]);
}

/** Name of the server by the last digit of its number. */
const nameOf = ({ server }: RouteTold) => (server === null ? null : server % 10 === 1 ? 'one' : 'two');

describe.each([4, 6] as const)('of datagrams over IPv%i, a director', (family) => {
  const number = NUMBERS[family];
  const target = { address: VIPS[family], port: PORT };

  it('tells where a packet will go, and then why it goes on going there', async () => {
    for (const source of SOURCES[family]) {
      await comeFrom(family, source);
      const ports = Array.from({ length: PORTS[family] }, () => (lastPort += 37));
      const before = await Promise.all(ports.map((port) => route(number, source, port)));
      const answers = await Promise.all(ports.map((localPort) => net.client.ask({ ...target, localPort })));
      const after = await Promise.all(ports.slice(0, AGAIN).map((port) => route(number, source, port)));
      expect(before.map(nameOf)).toEqual(answers.map(({ server }) => server));
      expect(new Set(before.map(({ reason }) => reason))).toEqual(new Set(['slot']));
      expect(after.map(nameOf)).toEqual(answers.slice(0, AGAIN).map(({ server }) => server));
      expect(new Set(after.map(({ reason }) => reason))).toEqual(new Set(['datagrams']));
      expect(after.map(({ slot }) => slot)).toEqual(before.slice(0, AGAIN).map(({ slot }) => slot));
      // Both are there, or the test would see nothing.
      expect(new Set(answers.map(({ server }) => server)).size).toBe(2);
    }
  });

  it('counts every packet, its octets and its flows, by server and second', async () => {
    const before = await stats(number);
    const names: string[] = [];
    for (let count = 0; count < 20; count++) {
      names.push((await net.client.ask({ ...target, localPort: (lastPort += 37) })).server);
    }
    const after = await stats(number);
    expect(after.service.packets - before.service.packets).toBe(20);
    expect(after.service.bytes - before.service.bytes).toBe(20 * PACKET_OCTETS[family]);
    expect(after.service.flows - before.service.flows).toBe(20);
    expect(after.flowsComplete).toBe(true);
    // The first one had to wait for a second reading, the other goes by the reading before.
    for (const { overMs } of [before, after]) expect(overMs).toBeGreaterThanOrEqual(1_000);
    expect((after.service.packetsPerSecond * after.overMs) / 1_000).toBeCloseTo(20, 1);
    after.servers.forEach((server, index) => {
      const own = names.filter((name) => name === ['one', 'two'][index]).length;
      expect(server.packets - (before.servers[index]?.packets ?? NaN)).toBe(own);
      expect(server.flows - (before.servers[index]?.flows ?? NaN)).toBe(own);
    });
  });

  it('shows each flow once, in pages, and by server', async () => {
    const { flows: all, total, complete } = await flows(number);
    expect([all.length, complete]).toEqual([Math.min(total, 200), true]);
    const paged: string[] = [];
    for (let after: string | undefined; ; after = paged.at(-1)) {
      const page = await flows(number, { limit: 33, ...(after === undefined ? {} : { after }) });
      expect(page.total).toBe(total - paged.length);
      paged.push(...page.flows.map(({ key }) => key));
      if (page.flows.length === page.total) break;
    }
    expect(paged.length).toBe(total);
    expect(new Set(paged).size).toBe(total);
    const ofOne = await flows(number, { server: number * 10 + 1 });
    const ofTwo = await flows(number, { server: number * 10 + 2 });
    expect(ofOne.total + ofTwo.total).toBe(total);
    expect(new Set(ofOne.flows.map(({ server }) => server))).toEqual(new Set([number * 10 + 1]));
  });
});

it('tells the source of IPv4 flows, finds those of one source, and makes none up for IPv6', async () => {
  const [, source] = SOURCES[4];
  const found = await flows(4, { source });
  expect(found.total).toBe(PORTS[4]);
  for (const flow of found.flows) {
    expect(flow.source).toBe(source);
    const { server, reason } = await route(4, source, flow.sourcePort ?? 0);
    expect([server, reason]).toEqual([flow.server, 'datagrams']);
  }
  expect(new Set((await flows(6)).flows.map((flow) => flow.source))).toEqual(new Set([null]));
}, 60_000);

it('follows a TCP connection through its states', async () => {
  const [source] = SOURCES[4];
  await comeFrom(4, source);
  const localPort = (lastPort += 37);
  expect((await route(1, source, localPort)).reason).toBe('slot');
  const open = await net.client.connect({ address: VIP4, port: 80, localPort });
  expect(await route(1, source, localPort)).toMatchObject({ reason: 'pending', server: 11 });
  await open.say('data');
  expect(await route(1, source, localPort)).toMatchObject({ reason: 'established', address: '192.0.2.11' });
  const { flows: seen } = await flows(1);
  expect(seen).toMatchObject([{ state: 'established', source, sourcePort: localPort, server: 11 }]);
  await open.close();
  await expect.poll(async () => (await route(1, source, localPort)).reason).toBe('claimed');
});

it('counts a range as one service, hashes the source alone where that is asked for, and says when nobody serves', async () => {
  const [source] = SOURCES[4];
  const open = await net.client.connect({ address: VIP4, port: 8050, localPort: 26_000 });
  await open.say('hello');
  expect((await stats(2)).service.packets).toBeGreaterThan(2);
  const asked = { kind: 'route', service: '2', source, sourcePort: 26_000 } as const;
  expect(await ask({ ...asked, port: 8050 })).toMatchObject({ reason: 'established' });
  expect(await ask(asked)).toMatchObject({ reason: 'slot' });
  await open.close();
  const name = await net.client.visit({ address: VIP4, port: 81 });
  const told = await route(3, source, 1);
  expect(nameOf(told)).toBe(name);
  expect((await route(3, source, 2)).slot).toBe(told.slot);
  expect(await route(5, source, 1)).toMatchObject({ reason: 'no-server', server: null });
});

it('counts all services at once as it counts each of them', async () => {
  const run: CommandRunner['run'] = (argv, options) => net.director.exec(argv, options);
  const { byNumber } = await new TotalsReader({ run }).read(inForce, ['eth0']);
  for (const number of [2, 4, 6]) {
    const { packets, bytes, flows: remembered } = (await stats(number)).service;
    expect(byNumber.get(number)).toMatchObject({ packets, bytes, flows: remembered });
  }
});

it('says that nothing is in force of what it does not have', async () => {
  await expect(stats(99)).rejects.toMatchObject({ reason: 'NotInForce' });
});
