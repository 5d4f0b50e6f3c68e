import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OWN_ADDRESS_METRIC } from '../../src/forwarding/own-address.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';

/** Duplicate address detection takes a second at least: RetransTimer, RFC 4862, 5.1. */
const LESS_THAN_DETECTION_MS = 700;
let net: DirectorNetwork;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const dns = service(4, { protocol: 'udp', port: 53, servers: entries(4, 4, [0, 1000]), slots: 8 });
const six = service(3, { address: VIP6, servers: entries(3, 6, [1000, 1000]), slots: 8 });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-vip`);
});
beforeEach(async () => expect(await net.restart([web, dns, six])).toEqual([]));
afterEach(() => net.restart([]));
afterAll(() => net.close());

describe('the VIPs', () => {
  it('are on the interface, and go with the last service that uses them', async () => {
    expect(await addresses()).toContain(`${VIP4}/32`);
    expect(await addresses()).toContain(`${VIP6}/128`);
    await net.remove(web, six);
    expect(await addresses()).toContain(`${VIP4}/32`);
    expect(await addresses()).not.toContain(VIP6);
    await net.remove(dns);
    expect(await addresses()).not.toContain(VIP4);
  });

  it('of IPv6 can be resolved at once, and the interface is put back when the last has left', async () => {
    await net.restart([web]);
    expect(await ipv6Settings()).toBe('1\n0\n');
    await net.put(six);
    expect(await addresses()).toContain(`${VIP6}/128`);
    await vi.waitFor(async () => expect(await addresses()).not.toContain('tentative'), {
      timeout: LESS_THAN_DETECTION_MS,
    });
    expect(await ipv6Settings()).toBe('0\n1\n');
    await net.restart([web, six]);
    await net.remove(six);
    expect(await ipv6Settings()).toBe('1\n0\n');
  });

  it('of IPv6 are told not to be usable at once where the host detects duplicates all the same', async () => {
    await net.restart([web]);
    await net.director.sysctl('net.ipv6.conf.all.accept_dad', 1);
    try {
      await net.put(six);
      const [announced] = (await net.engine.describe()).conditions;
      expect(announced).toMatchObject({ type: 'VipsAnnounced', status: 'False' });
      expect(announced?.message).toContain('net.ipv6.conf.all.accept_dad is 1');
      // The control of the test above: detection does take longer than that one waits.
      await setTimeout(LESS_THAN_DETECTION_MS);
      expect(await addresses()).toContain('tentative');
    } finally {
      await net.director.sysctl('net.ipv6.conf.all.accept_dad', 0);
    }
    await net.restart([web]);
    await expect.poll(() => statusOf('VipsAnnounced'), { timeout: 5_000 }).toBe('True');
  });

  it('of IPv6 find the settings made again after a reboot, and the former ones are still known', async () => {
    await net.director.sysctl('net.ipv6.conf.eth0.accept_dad', 1);
    await net.director.sysctl('net.ipv6.conf.eth0.ndisc_notify', 0);
    await net.restart([web, six]);
    expect(await ipv6Settings()).toBe('0\n1\n');
    await net.restart([web]);
    expect(await ipv6Settings()).toBe('1\n0\n');
  });

  it('of IPv6 make no settings with every change', async () => {
    net.commands.splice(0);
    await net.put({ ...six, servers: entries(3, 6, [1000, 500]) });
    expect(net.commands.filter(({ argv }) => argv[0] === 'sysctl')).toEqual([]);
  });

  it('of IPv6 are told when the settings cannot be made, and what was written down makes no sense', async () => {
    await net.restart([web]);
    await writeFile(join(net.stateDir, 'ipv6-settings.json'), '{"device":"../../kernel"}');
    net.sabotage = ({ argv }) => argv.includes('-w');
    await net.restart([web, six]);
    net.sabotage = undefined;
    expect(await statusOf('VipsAnnounced')).toBe('False');
    await net.restart([web, six]);
    expect(await ipv6Settings()).toBe('0\n1\n');
    await net.restart([web]);
    expect(await ipv6Settings()).toBe('1\n0\n');
  });

  it('that a crash left over are removed, and an address of the operator never is', async () => {
    await net.director.exec([
      'ip',
      'address',
      'add',
      '192.0.2.222/32',
      'dev',
      'eth0',
      'metric',
      `${OWN_ADDRESS_METRIC}`,
    ]);
    await net.director.exec(['ip', 'address', 'add', '192.0.2.223/32', 'dev', 'eth0']);
    await net.restart();
    expect(await addresses()).not.toContain('192.0.2.222');
    expect(await addresses()).toContain('192.0.2.223/32');
    const own = service(30, { address: '192.0.2.223', servers: entries(30, 4, [1, 1]), slots: 8 });
    expect(await net.put(own)).toEqual([]);
    await net.remove(own);
    expect(await addresses()).toContain('192.0.2.223/32');
    await net.director.exec(['ip', 'address', 'delete', '192.0.2.223/32', 'dev', 'eth0']);
  });

  it('that somebody replaced by the same address of their own are not removed', async () => {
    await net.restart([web], { readingAgeMs: 0 });
    await net.director.exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'eth0']);
    await net.director.exec(['ip', 'address', 'add', `${VIP4}/32`, 'dev', 'eth0']);
    await net.engine.describe();
    await net.remove(web);
    expect(await addresses()).toContain(`${VIP4}/32`);
    await net.director.exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'eth0']);
  });

  it('come after the table and go before it', async () => {
    const fresh = service(31, { address: '192.0.2.231', servers: entries(31, 4, [1, 1]), slots: 8 });
    net.commands.splice(0);
    await net.put(fresh);
    await net.remove(fresh);
    const order = net.commands.map(({ argv }) => argv[0]);
    expect(order).toEqual(['nft', 'ip', 'ip', 'nft']);
  });

  it('are announced to the neighbours when they are taken', async () => {
    await net.restart([web], { voice: true });
    const [one] = net.servers;
    await one.exec([
      'ip',
      'neighbour',
      'replace',
      '192.0.2.232',
      'lladdr',
      '02:00:00:00:00:ee',
      'dev',
      'eth0',
      'nud',
      'stale',
    ]);
    const fresh = service(32, { address: '192.0.2.232', servers: entries(32, 4, [1, 1]), slots: 8 });
    await net.put(fresh);
    await expect
      .poll(() => one.exec(['ip', 'neighbour', 'show', '192.0.2.232']), { timeout: 3_000 })
      .toContain('02:00:00:00:00:aa');
    await net.remove(fresh);
  });

  it('are left out of what the engine tells of its host', async () => {
    const { host, engine, conditions } = await net.engine.describe();
    expect(host.interfaces).toEqual([
      {
        name: 'eth0',
        mac: '02:00:00:00:00:aa',
        up: true,
        mtu: 1500,
        addresses: ['192.0.2.2/24', '2001:db8:2::2/64'],
      },
    ]);
    expect([...host.gateways].sort()).toEqual(['192.0.2.1', '2001:db8:2::1']);
    expect(engine).toMatchObject({ driver: 'nftables', version: expect.stringMatching(/^1\.\d/) });
    expect(conditions.map(({ type }) => type)).toEqual([
      'VipsAnnounced',
      'VipsHeld',
      'VipsLocked',
      'RepairsHold',
      'RulesInForce',
      'VipsAnsweredElsewhere',
    ]);
    expect(await statusOf('VipsHeld')).toBe('True');
  });

  it('count as announced when nothing waits any more, which is told', async () => {
    const fresh = service(33, { address: '192.0.2.233', servers: entries(33, 4, [1, 1]), slots: 8 });
    let told = 0;
    net.engine.onChange(() => told++);
    await expect.poll(() => statusOf('VipsAnnounced'), { timeout: 5_000 }).toBe('True');
    told = 0;
    await net.put(fresh);
    expect(await statusOf('VipsAnnounced')).toBe('Unknown');
    await expect.poll(() => told, { timeout: 5_000 }).toBe(1);
    expect(await statusOf('VipsAnnounced')).toBe('True');
    await net.remove(fresh);
  });
});

function ipv6Settings(): Promise<string> {
  const names = ['accept_dad', 'ndisc_notify'].map((name) => `net.ipv6.conf.eth0.${name}`);
  return net.director.exec(['sysctl', '-n', ...names]);
}

async function statusOf(condition: string): Promise<string | undefined> {
  const { conditions } = await net.engine.describe();
  return conditions.find(({ type }) => type === condition)?.status;
}

async function addresses(): Promise<string> {
  return net.director.exec(['ip', 'address', 'show', 'dev', 'eth0']);
}
