/** What somebody undoes on a director, how soon it is back, and what becomes of connections meanwhile. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWN_PRIORITY } from '../../src/engine/network/second-lock.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { stopProcess } from '../support/namespaces.js';
import { TABLE_MONITOR } from '../../src/engine/watch/table-monitor.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import type { Connection } from '../support/traffic.js';
import { deleteInterface, makeInterface } from '../support/remake-interface.js';

const CONNECTIONS = 20;
const SOON = { timeout: 2_000, interval: 50 };
let net: DirectorNetwork;
let whole: string;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const six = service(3, { address: VIP6, servers: entries(3, 6, [1000, 1000]), slots: 8 });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-srp`);
  await net.serve('tcp', VIP4, 80);
  await net.serve('tcp', VIP6, 80);
  expect(await net.restart([web, six], { watches: true, readingAgeMs: 600_000 })).toEqual([]);
  await net.watching();
  whole = await state();
});
beforeEach(async () => {
  await expect.poll(state, { timeout: 3_000, interval: 50 }).toBe(whole);
});
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
    expect(await alive(open)).toBe(CONNECTIONS);
  });

  it('the same connections die where somebody took the lock away', async () => {
    const open = await connections();
    await onDirector('ip xfrm policy flush; nft flush ruleset');
    expect(await alive(open)).toBe(0);
  });
});

describe('an engine that watches itself repairs within 2 s, by event,', () => {
  it.each([
    ['a flushed ruleset', 'nft flush ruleset', 'rules of netdev homeward'],
    ['a deleted table', 'nft delete table netdev homeward', 'rules of netdev homeward'],
    [
      "a flushed chain, and one of somebody's own",
      `nft 'flush chain netdev homeward steer4; add chain netdev homeward other { type filter hook ingress device eth0 priority -200; policy drop; }'`,
      'rules of netdev homeward',
    ],
    ['a flushed map', 'nft flush map netdev homeward services4', 'map services4'],
    ['a deleted element', `nft delete element netdev homeward backends4.eth0 '{ 11 }'`, 'map backends4.eth0'],
    ['a slot', `nft delete element netdev homeward slots '{ 1 . 3 }'`, 'map slots'],
    ['the second lock', 'ip xfrm policy flush', 'second lock of the VIPs'],
    [
      'a policy of it',
      `ip xfrm policy update dir in src 0.0.0.0/1 dst ${VIP4}/32 proto tcp action allow priority ${OWN_PRIORITY}`,
      'second lock of the VIPs',
    ],
    ['a VIP', `ip address delete ${VIP4}/32 dev eth0`, `VIP ${VIP4}`],
  ])('%s', async (_, make, thing) => {
    const { total = 0 } = (await net.engine.describe()).drift ?? {};
    await onDirector(make);
    const told = async () => (await net.engine.describe()).drift;
    // That something was undone is told by the count: whoever reads the kernel for it may come after the repair.
    await expect.poll(async () => (await told())?.total, SOON).toBeGreaterThan(total);
    await expect.poll(state, SOON).toBe(whole);
    await expect.poll(told).toMatchObject({
      latest: expect.arrayContaining([expect.objectContaining({ thing, repaired: true })]),
    });
  });
});

describe('a network card that is made anew', () => {
  it('has its VIPs and rules within 2 s, and connections live through it', async () => {
    const open = await connections();
    await deleteInterface(net);
    await makeInterface(net);
    await expect.poll(state, SOON).toBe(whole);
    // The kernel asks no IPv6 neighbour before it has a link-local address, which takes it up to two seconds more.
    await expect.poll(() => alive(open), { timeout: 8_000 }).toBe(CONNECTIONS);
  });
});

describe('what the engine does itself', () => {
  it('is no reason for it to look', async () => {
    await new Promise((done) => setTimeout(done, 700));
    net.commands.splice(0);
    for (const weight of [1, 2, 3]) await net.put({ ...web, servers: entries(1, 4, [1000, weight]) });
    const other = service(5, { address: '192.0.2.205', servers: entries(5, 4, [1, 1]), slots: 8 });
    await net.put(other);
    await net.remove(other);
    await net.put(web);
    await new Promise((done) => setTimeout(done, 500));
    expect(net.commands.filter(({ argv }) => argv.includes('list') || argv.includes('show'))).toEqual([]);
  });
});

describe('the monitor of the table', () => {
  it('passes over what it was told that the engine does, once, and tells of all else', async () => {
    const monitor = net.director.spawn([...TABLE_MONITOR], { stdio: ['pipe', 'pipe', 'inherit'] });
    let heard = '';
    monitor.stdout?.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    await expect.poll(() => heard).toContain('listening');
    const change = (command: string, onStart?: (pid: number) => void) =>
      net.director.exec(['sh', '-c', `sleep 0.2; exec nft '${command}'`], { ...(onStart && { onStart }) });
    const pids: number[] = [];
    const asOwn = (pid: number) => (pids.push(pid), monitor.stdin?.write(`own ${pid}\n`));
    const touch = `add element netdev homeward digests { 77 : 1 }; delete element netdev homeward digests { 77 }`;
    net.deaf = true;
    await change(touch, asOwn);
    await change(touch, (pid) => pids.push(pid));
    net.deaf = false;
    await expect.poll(() => heard).toContain(`commit ${pids[1]} nft`);
    expect(heard).not.toContain(`commit ${pids[0]} `);
    await stopProcess(monitor);
  });
});

describe('an engine whose rules somebody flushes again and again', () => {
  it('says so, and does not race with whoever does it', async () => {
    // Those above have changed them five times within a minute.
    await onDirector('nft flush ruleset');
    await new Promise((done) => setTimeout(done, 1_500));
    expect(await state()).not.toBe(whole);
    const { conditions } = await net.engine.describe();
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'RepairsHold', status: 'False', reason: 'DriftPersists' }),
    );
    await net.engine.stop();
    await net.restart([web, six], { watches: true, readingAgeMs: 600_000, readBackMs: 300 });
  });
});

describe('what nobody told of', () => {
  it('is found by reading everything back, and changes meanwhile are not taken for it', async () => {
    const drift = async () => (await net.engine.describe()).drift;
    for (let each = 1; each <= 20; each++) await net.put({ ...web, servers: entries(1, 4, [1000, each]) });
    await net.put(web);
    expect(await drift()).toEqual({ total: 0, latest: [] });
    net.deaf = true;
    await onDirector(`nft add element netdev homeward slots '{ 1 . 99 : 11 }'; ip xfrm policy flush`);
    await expect.poll(state, { timeout: 3_000 }).toBe(whole);
    await expect.poll(async () => (await policies()).length, { timeout: 3_000 }).toBeGreaterThan(8);
    await expect
      .poll(async () => (await drift())?.latest.map(({ thing }) => thing).toSorted(), { timeout: 3_000 })
      .toEqual(['map slots', 'second lock of the VIPs']);
    net.deaf = false;
    await net.engine.stop();
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

/** All that the engine keeps in the kernel, as text. */
async function state(): Promise<string> {
  const maps = 'services4 services6 classes4 slots backends4.eth0';
  return onDirector(`nft -t list ruleset netdev; ip xfrm policy list dir in | sort; ip -o address show dev eth0 | sed 's/^[0-9]*//; s/valid_lft.*//; /fe80/d' | sort
    for each in ${maps}; do nft -s list map netdev homeward $each 2>&1; done; true`);
}

async function policies(): Promise<readonly string[]> {
  return (await onDirector('ip xfrm policy list')).split('\n');
}
