/** A director with two network cards, and a service whose backup is on the segment of the second. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HealthQuestion, ServerEntry, ServiceDocument } from '../../src/contract/documents.js';
import { CheckedServer } from '../support/checked-server.js';
import { holdVipsByHand, VIP4 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import type { Host } from '../support/namespaces.js';
import { PacketCounter } from '../support/packet-counter.js';
import { entries, service } from '../support/service-documents.js';
import { TrafficPeer } from '../support/traffic.js';

const SECOND = 'eth1';
const VISITS = 16;
const REPLIES = `ip saddr ${VIP4} tcp sport 80`;
const SOON = { timeout: 5_000, interval: 50 };
const asked: HealthQuestion = { type: 'tcp', port: 8080, intervalMs: 100, timeoutMs: 80, rise: 1, fall: 2 };
const [ONE, TWO] = entries(1, 4, [1000, 1000]) as [ServerEntry, ServerEntry];
const BACKUP: ServerEntry = { number: 13, address: '203.0.113.13', weight: 1000, backup: true };

let net: DirectorNetwork;
let three: Host;
let pages: readonly [CheckedServer, CheckedServer, CheckedServer];

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-two`);
  const link = (mac: string, last: number) => ({
    bridge: 'lan2',
    mac: `02:00:00:00:${mac}`,
    addresses: [`203.0.113.${last}/24`],
  });
  three = await net.network.addHost({
    name: 'three',
    links: [link('00:b3', 13)],
    routes: [{ to: 'default', via: '203.0.113.1' }],
  });
  await net.router.addLink(link('01:03', 1));
  await net.director.addLink(link('00:ab', 2));
  await holdVipsByHand(three);
  await net.serve('tcp', VIP4, 80);
  await new TrafficPeer(three).serve({ name: 'three', protocol: 'tcp', address: VIP4, port: 80 });
  const [one, two] = net.servers;
  pages = [new CheckedServer(one), new CheckedServer(two), new CheckedServer(three)];
});
beforeEach(async () => void (await Promise.all([0, 1, 2].map(answers))));
afterAll(async () => {
  await Promise.all(pages.map((page) => page.stop()));
  await net.close();
});

async function answers(index: number): Promise<void> {
  await pages[index]?.start([{ type: 'http', port: 8080 }]);
}

function web(servers: readonly ServerEntry[], minHealthy?: number): ServiceDocument {
  const least = minHealthy === undefined ? {} : { minHealthy };
  return service(1, { servers, healthCheck: asked, ...least });
}

/** Who serves new connections, by name. */
async function serving(): Promise<string> {
  const visits = Array.from({ length: VISITS }, () => net.client.visit({ address: VIP4, port: 80 }));
  const names = await Promise.all(visits.map((visit) => visit.catch(() => 'nobody')));
  return [...new Set(names)].sort().join();
}

async function expectServedBy(...names: readonly string[]): Promise<void> {
  await expect.poll(serving, SOON).toBe(names.join());
}

describe('a backup on the segment of a second network card', () => {
  it('serves by that card alone while the others are down, and its connections outlive their return', async () => {
    await net.reconcile([web([ONE, BACKUP])]);
    await expectServedBy('one');
    const arrived = await PacketCounter.attach(three, 'ingress', [`ip daddr ${VIP4} tcp dport 80`]);
    const replies = await PacketCounter.attach(net.director, 'ingress', [REPLIES], SECOND);
    await serving();
    expect(await arrived.read()).toEqual([0]);
    await pages[0].stop();
    await expectServedBy('three');
    const held = await net.client.connect({ address: VIP4, port: 80 });
    await held.say('hello');
    const [packets = 0] = await arrived.read();
    expect(packets).toBeGreaterThan(2 * VISITS);
    await answers(0);
    await expectServedBy('one');
    expect(await held.say('still')).toBe('three still');
    await held.close();
    expect(await replies.read()).toEqual([0]);
  });

  it('joins as soon as fewer than minHealthy are left on the first, and leaves again', async () => {
    await net.reconcile([web([ONE, TWO, BACKUP], 2)]);
    await expectServedBy('one', 'two');
    await pages[1].stop();
    await expectServedBy('one', 'three');
    await answers(1);
    await expectServedBy('one', 'two');
  });

  it('stands by for the same failure where one healthy server is enough', async () => {
    await net.reconcile([web([ONE, TWO, BACKUP])]);
    await expectServedBy('one', 'two');
    await pages[1].stop();
    await expectServedBy('one');
  });

  it('is reached from either card, and so are the servers on the first', async () => {
    await net.reconcile([
      service(1, { servers: [ONE, { number: 13, address: BACKUP.address, weight: 1000 }] }),
    ]);
    await expectServedBy('one', 'three');
    const came = await PacketCounter.attach(net.director, 'ingress', [`ip daddr ${VIP4}`], SECOND);
    await net.router.exec(['ip', 'route', 'add', `${VIP4}/32`, 'dev', 'eth2']);
    await expectServedBy('one', 'three');
    const [packets = 0] = await came.read();
    expect(packets).toBeGreaterThan(2 * VISITS);
  });
});
