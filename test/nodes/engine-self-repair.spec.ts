/** Somebody flushes the director's rules under load: what becomes of connections. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DirectorNetwork, entries, service, VIP4, VIP6 } from '../support/director-network.js';
import type { Connection } from '../support/traffic.js';

const CONNECTIONS = 20;
let net: DirectorNetwork;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const six = service(3, { address: VIP6, servers: entries(3, 6, [1000, 1000]), slots: 8 });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-srp`);
  await net.serve('tcp', VIP4, 80);
  await net.serve('tcp', VIP6, 80);
});
beforeEach(async () => expect(await net.restart([web, six])).toEqual([]));
afterAll(() => net.close());

const onDirector = (command: string) => net.director.exec(['sh', '-c', command]);

async function connections(): Promise<readonly Connection[]> {
  const targets = Array.from({ length: CONNECTIONS }, (_, each) => (each % 2 === 0 ? VIP4 : VIP6));
  const open = await Promise.all(targets.map((address) => net.client.connect({ address, port: 80 })));
  for (const each of open) await each.say('before');
  return open;
}

/** Of these, those that answer what is said to them now. */
async function alive(open: readonly Connection[]): Promise<number> {
  const said = await Promise.allSettled(open.map((each) => each.say('after')));
  return said.filter(({ status }) => status === 'fulfilled').length;
}

describe('after a foreign `nft flush ruleset`', () => {
  it('connections live on under the second lock once the rules are back', async () => {
    const open = await connections();
    await onDirector('nft flush ruleset');
    const answers = alive(open);
    await new Promise((done) => setTimeout(done, 200));
    await net.restart();
    expect(await answers).toBe(CONNECTIONS);
  });

  it('the same connections die where somebody took the lock away', async () => {
    const open = await connections();
    await onDirector('ip xfrm policy flush; nft flush ruleset');
    const answers = alive(open);
    await new Promise((done) => setTimeout(done, 200));
    await net.restart();
    expect(await answers).toBe(0);
  });
});

describe('the second lock', () => {
  it('lets the host answer an echo to the VIP, and an operator reach the host itself', async () => {
    await net.clientHost.exec(['ping', '-c', '1', '-W', '1', VIP4]);
    await net.clientHost.exec(['ping', '-c', '1', '-W', '1', VIP6]);
    await expect(net.client.visit({ address: '192.0.2.2', port: 22 })).rejects.toThrow('ECONNREFUSED');
  });

  it("goes with the VIP, and leaves an operator's policies alone", async () => {
    const operators = `dir in src 0.0.0.0/0 dst ${VIP4}/32 proto tcp`;
    await onDirector(`ip xfrm policy add ${operators} action allow priority 7`);
    const before = await policies();
    expect(before.filter((line) => line.startsWith('src'))).toHaveLength(9);
    await net.restart([]);
    expect((await policies()).filter((line) => line.startsWith('src'))).toEqual([
      expect.stringContaining(`src 0.0.0.0/0 dst ${VIP4}/32 proto tcp`),
    ]);
    await onDirector(`ip xfrm policy delete ${operators}`);
  });
});

async function policies(): Promise<readonly string[]> {
  return (await onDirector('ip xfrm policy list')).split('\n');
}
