import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../contract/report.js';
import { createLogger } from '../platform/logger.js';
import { FakeHost } from './host-driver.fake.js';
import { FakeWatch } from './host-watch.fake.js';
import { Proofs } from './proofs/proofs.js';
import { VipKeeper } from './vip-keeper.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const READINGS = {
  firewall: {
    ruleset: { unreadable: 'nobody reads it' },
    legacy: false,
    strictElsewhere: [],
    interfaces: [],
  },
  forwarding: null,
};
const logger = createLogger('test', 'silent');

let directory: string;
let host: FakeHost;
let watch: FakeWatch;
let keeper: VipKeeper;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-drift-'));
  host = new FakeHost();
  watch = new FakeWatch();
  const proofs = new Proofs(() => Promise.resolve(READINGS), logger);
  keeper = new VipKeeper(host, proofs, directory, logger, { pollMs: 1_000_000, watch });
});
afterEach(async () => {
  vi.useRealTimers();
  await keeper.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Tells the keeper to hold these VIPs and no others. */
function hold(...addresses: string[]): Promise<readonly Fault[]> {
  const documents = addresses.map((address) => {
    const body = { kind: 'vip', address, services: [] } as const;
    return [address, { key: address, version: 1, revision: 1, body }] as const;
  });
  return keeper.reconcile(new Map(documents));
}

async function fact(address: string) {
  const { vips } = await keeper.describe(true);
  return vips.find((vip) => vip.address === address);
}

async function condition(name: string) {
  const { conditions } = await keeper.describe(true);
  return conditions.find(({ type }) => type === name);
}

describe('a keeper whose host is undone', () => {
  it('tells what somebody undid, at once and with what was found, and nothing that it did itself', async () => {
    await hold(VIP);
    await hold(VIP, OTHER);
    await hold(VIP);
    expect((await keeper.describe(false)).drift).toEqual({ total: 0, latest: [] });
    const news = vi.fn();
    keeper.onChange(news);
    host.onLoopback.delete(VIP);
    host.settings = { quiet: 0 };
    await keeper.look();
    expect(news).toHaveBeenCalled();
    expect((await keeper.describe(false)).drift).toMatchObject({
      total: 2,
      latest: [
        { thing: 'quiet', found: '0', wanted: '1', count: 1, repaired: true },
        { thing: `VIP ${VIP}`, found: 'absent', wanted: 'on lo alone', count: 1, repaired: true },
      ],
    });
  });

  it('does not race with who takes a VIP away again and again, and says so', async () => {
    await hold(VIP, OTHER);
    for (let time = 0; time < 5; time++) {
      expect(await condition('RepairsHold')).toMatchObject({ status: 'True' });
      host.onLoopback.delete(VIP);
      await keeper.look();
      expect(host.onLoopback.has(VIP)).toBe(true);
    }
    host.onLoopback.delete(VIP);
    await keeper.look();
    await keeper.look();
    expect([...host.onLoopback]).toEqual([OTHER]);
    expect(host.settings).toEqual({ quiet: 1 });
    expect(await condition('RepairsHold')).toMatchObject({ status: 'False', reason: 'DriftPersists' });
    expect(await fact(VIP)).toMatchObject({ bound: false, reason: 'DriftPersists' });
    expect(await hold(VIP, OTHER)).toMatchObject([{ key: VIP, reason: 'DriftPersists' }]);
    expect(host.onLoopback.has(VIP)).toBe(false);
  });

  it('keeps a VIP by one lock while somebody fights over the other, and takes it off when it has none', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const seconds = (count: number) => vi.advanceTimersByTime(count * 1_000);
    await hold(VIP);
    for (let time = 0; time < 6; time++) {
      host.settings = { quiet: 0 };
      await keeper.look();
    }
    // The settings are left alone for now, and the guard keeps the host silent.
    expect(host.settings).toEqual({ quiet: 0 });
    expect([...host.onLoopback]).toEqual([VIP]);
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: false });
    for (let time = 0; time < 5; time++) {
      host.covered = undefined;
      await keeper.look();
      expect(host.covered).toEqual(new Set([VIP]));
      expect([...host.onLoopback]).toEqual([VIP]);
    }
    host.covered = undefined;
    await keeper.look();
    expect([...host.onLoopback]).toEqual([]);
    // Both may be made anew after the pause; the VIP comes once they have stood for 10 s.
    seconds(10);
    await keeper.look();
    expect([host.settings, host.covered]).toEqual([{ quiet: 1 }, new Set([VIP])]);
    seconds(9);
    await keeper.look();
    expect([...host.onLoopback]).toEqual([]);
    seconds(1);
    await keeper.look();
    expect([...host.onLoopback]).toEqual([VIP]);
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true });
  });

  it('looks at once when something moved, and not again for what it did itself', async () => {
    await hold(VIP);
    host.onLoopback.delete(VIP);
    watch.move();
    await vi.waitFor(() => expect(host.onLoopback.has(VIP)).toBe(true));
    const looks = host.observed;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(host.observed).toBe(looks);
    expect(await condition('HostWatched')).toMatchObject({ status: 'True' });
    watch.trouble = '`ip monitor` ended';
    expect(await condition('HostWatched')).toMatchObject({ status: 'False', reason: 'MonitorEnded' });
  });
});
