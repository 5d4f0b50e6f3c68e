import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Document, VipDocument } from '../../contract/documents.js';
import type { Change } from '../../link/node-work.js';
import { approveRelease } from '../../link/release-approval.js';
import { createLogger } from '../../platform/logger.js';
import { FakeHost } from '../hosts/host-driver.fake.js';
import { Proofs } from '../proofs/proofs.js';
import { VipLedger } from '../settlement/vip-ledger.js';
import { VipKeeper } from './vip-keeper.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const THIRD = '192.0.2.202';
const READINGS = {
  firewall: {
    ruleset: { unreadable: 'nobody reads it' },
    legacy: false,
    strictElsewhere: [],
    interfaces: [],
  },
  forwarding: null,
};
const NEVER_MS = 1_000_000;
const logger = createLogger('test', 'silent');

let directory: string;
let host: FakeHost;
let keeper: VipKeeper;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-keeper-'));
  host = new FakeHost();
  keeper = start();
});
afterEach(async () => {
  await keeper.stop();
  await rm(directory, { recursive: true, force: true });
});

/** No document of these has a service, so that nothing is asked. */
const proofs = () => new Proofs(() => Promise.resolve(READINGS), logger);
const start = (pollMs = NEVER_MS) => new VipKeeper(host, proofs(), directory, logger, { pollMs });

function document(address: string, version = 1): Document<VipDocument> {
  return { key: address, version, revision: 1, body: { kind: 'vip', address, services: [] } };
}

const put = (address: string, version = 1): Change<VipDocument> => ({
  key: address,
  before: null,
  after: document(address, version),
});
const drop = (address: string): Change<VipDocument> => ({
  key: address,
  before: document(address),
  after: { ...document(address, 9), body: null },
});
const mapOf = (addresses: readonly string[]) =>
  new Map(addresses.map((address) => [address, document(address)]));
/** Whatever leaves, leaves by an operator's change. */
const reconcile = (...addresses: string[]) =>
  keeper.reconcile(mapOf(addresses), 7, { strange: [], released: new Set([VIP, OTHER, THIRD]) });

async function fact(address: string) {
  const part = await keeper.describe(true);
  return part.role === 'agent' ? part.vips.find((vip) => vip.address === address) : undefined;
}

describe('the keeper of VIPs', () => {
  it('looks the whole host over in time, however fast changes follow each other', async () => {
    await keeper.stop();
    keeper = start(20);
    await reconcile(VIP);
    const before = host.observed;
    const until = performance.now() + 100;
    // Timers of ours get their turn only where something waits for more than a promise, as a real host always does.
    while (performance.now() < until) await keeper.apply([put(VIP)]).then(() => setImmediate());
    expect(host.observed).toBeGreaterThan(before + 1);
  });

  it('looks at nothing but the VIP that a change names, however many others there are', async () => {
    await reconcile(...Array.from({ length: 250 }, (_, index) => `198.18.0.${index}`));
    const before = host.observed;
    expect(await keeper.apply([put(VIP)])).toEqual([]);
    expect(await keeper.apply([put(VIP, 2)])).toEqual([]);
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true });
    expect(await keeper.apply([drop(VIP)])).toEqual([]);
    expect(await fact(VIP)).toMatchObject({ bound: false, reason: 'Released' });
    expect(host.observed).toBe(before);
    expect(new Set(host.looked.flat())).toEqual(new Set([VIP]));
    expect(host.onLoopback.has('198.18.0.9')).toBe(true);
  });

  it('tells all VIPs that are affected when a change finds the host no longer silent', async () => {
    await reconcile(OTHER);
    host.settings = { quiet: 0 };
    host.silentSettings = () => ({ quiet: 0 });
    const faults = await keeper.apply([put(VIP)]);
    expect(faults.map(({ key, reason }) => `${key} ${reason}`).sort()).toEqual([
      `${VIP} NotSilent`,
      `${OTHER} NotSilent`,
    ]);
    // The guard alone keeps what was there.
    expect([...host.onLoopback]).toEqual([OTHER]);
    expect(await fact(OTHER)).toMatchObject({ bound: true, silent: false });
  });

  it('binds nothing on a host that cannot be guarded, says why, and takes nothing away', async () => {
    await reconcile(OTHER);
    host.guardRefuses = true;
    expect(await keeper.apply([put(VIP)])).toMatchObject([
      { key: VIP, reason: 'NotSilent', message: expect.stringContaining('nft: command not found') as string },
    ]);
    expect([...host.onLoopback]).toEqual([OTHER]);
    host.guardRefuses = false;
    expect(await keeper.apply([put(VIP)])).toEqual([]);
    expect([...(host.covered ?? [])].sort()).toEqual([VIP, OTHER]);
  });

  it('covers a VIP before it is bound, and leaves nothing behind when the last one went', async () => {
    await reconcile(VIP);
    await keeper.apply([put(OTHER)]);
    expect([...(host.covered ?? [])].sort()).toEqual([VIP, OTHER]);
    expect(host.kept).toEqual({ quiet: 1 });
    await keeper.apply([drop(OTHER)]);
    expect([...(host.covered ?? [])]).toEqual([VIP]);
    await keeper.apply([drop(VIP)]);
    expect(host.covered).toBeUndefined();
    expect(host.kept).toBeUndefined();
  });

  it('reports a VIP that could not be unbound after a snapshot, and takes it off when it can', async () => {
    await reconcile(VIP, OTHER);
    host.sticky.add(VIP);
    expect(await reconcile(OTHER)).toMatchObject([{ key: VIP, versionInForce: 1, reason: 'UnbindFailed' }]);
    expect(await fact(VIP)).toMatchObject({ bound: true, reason: 'UnbindFailed' });
    host.sticky.clear();
    expect(await keeper.apply([drop(VIP)])).toEqual([]);
    expect([...host.onLoopback]).toEqual([OTHER]);
  });

  it('stays silent as long as its own last VIP cannot be unbound', async () => {
    await reconcile(VIP);
    host.sticky.add(VIP);
    expect(await keeper.apply([drop(VIP)])).toMatchObject([{ key: VIP, reason: 'UnbindFailed' }]);
    expect(host.settings).toEqual({ quiet: 1 });
    host.sticky.clear();
    expect(await keeper.apply([drop(VIP)])).toEqual([]);
    expect(host.settings).toEqual({ quiet: 0 });
  });

  it('stays silent as long as a VIP that an operator put there is there, also after a restart', async () => {
    host.onLoopback.add(VIP);
    await reconcile(VIP, OTHER);
    expect(await reconcile()).toEqual([]);
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'LeftToOperator' });
    expect(host.settings).toEqual({ quiet: 1 });
    await keeper.stop();
    keeper = start();
    await reconcile();
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'LeftToOperator' });
    expect(host.settings).toEqual({ quiet: 1 });
    host.onLoopback.delete(VIP);
    await keeper.look();
    expect(host.settings).toEqual({ quiet: 0 });
    expect(await fact(VIP)).toMatchObject({ bound: false, reason: 'Released' });
  });

  it('stays silent for it also when the last other VIP leaves by a change that is not about it', async () => {
    host.onLoopback.add(VIP);
    await reconcile(VIP, OTHER);
    await keeper.apply([drop(VIP)]);
    await keeper.apply([drop(OTHER)]);
    expect([...host.onLoopback]).toEqual([VIP]);
    expect(host.settings).toEqual({ quiet: 1 });
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'LeftToOperator' });
  });

  it('does not tell the same of a VIP left to an operator again and again', async () => {
    host.onLoopback.add(VIP);
    await reconcile(VIP);
    await reconcile();
    await keeper.describe(true);
    keeper.acknowledged();
    const news = vi.fn();
    keeper.onChange(news);
    for (let poll = 0; poll < 3; poll++) await keeper.look();
    await reconcile();
    expect(news).not.toHaveBeenCalled();
  });

  it('leaves a setting alone that an operator changed meanwhile', async () => {
    await reconcile(VIP);
    host.settings = { quiet: 2 };
    await reconcile();
    expect(host.settings).toEqual({ quiet: 2 });
  });

  it('heals what drifted after a change that it looked at alone', async () => {
    await reconcile(OTHER);
    await keeper.look();
    await keeper.apply([put(VIP)]);
    host.onLoopback.delete(VIP);
    await keeper.look();
    expect(host.onLoopback.has(VIP)).toBe(true);
  });

  it('looks the host over in time, however fast changes come', async () => {
    await keeper.stop();
    keeper = start(30);
    await reconcile(OTHER);
    host.onLoopback.delete(OTHER);
    for (let version = 2; version < 30; version++) {
      await keeper.apply([put(VIP, version)]);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(host.onLoopback.has(OTHER)).toBe(true);
  });

  it('goes on holding a VIP whose document it never understood, and takes none on the strength of one', async () => {
    await reconcile(VIP, OTHER);
    await keeper.stop();
    keeper = start();
    const strange = [VIP, '192.0.2.202'].map((key) => ({ key, version: 2, revision: 2, body: null }));
    await keeper.reconcile(new Map([[OTHER, document(OTHER)]]), 7, { strange, released: new Set() });
    expect([...host.onLoopback].sort()).toEqual([VIP, OTHER]);
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'Held' });
    await keeper.apply([drop(VIP)]);
    expect([...host.onLoopback]).toEqual([OTHER]);
  });

  it('tells of no VIP that it is silent once the host could not be looked at twice in a row', async () => {
    await reconcile(VIP);
    const lookedOver = async () =>
      (await keeper.describe(true)).conditions.find(({ type }) => type === 'HostLookedOver')?.status;
    host.broken = true;
    await keeper.look().catch(() => undefined);
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true });
    expect(await lookedOver()).toBe('True');
    const news = vi.fn();
    keeper.onChange(news);
    await keeper.look().catch(() => undefined);
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: false, reason: 'NotLookedAt' });
    expect(await lookedOver()).toBe('False');
    expect(news).toHaveBeenCalledOnce();
    host.broken = false;
    await keeper.look();
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'Held' });
    expect(await lookedOver()).toBe('True');
  });

  it('lets go of no more than half of what it holds without an operator, whatever it was handed before', async () => {
    const condition = async () =>
      (await keeper.describe(true)).conditions.find(({ type }) => type === 'ReleasesApproved')?.status;
    await reconcile(VIP, OTHER, THIRD);
    await keeper.stop();
    keeper = start();
    const faults = await keeper.reconcile(mapOf([THIRD]));
    expect(faults.map(({ key, reason }) => [key, reason])).toEqual([
      [VIP, 'ReleaseRefused'],
      [OTHER, 'ReleaseRefused'],
    ]);
    expect([...host.onLoopback].sort()).toEqual([VIP, OTHER, THIRD]);
    expect(await fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'Held' });
    expect(await condition()).toBe('False');
    // Neither one after the other, nor by a look.
    for (const vip of [VIP, OTHER]) expect(await keeper.apply([drop(vip)])).toHaveLength(2);
    await keeper.look();
    expect(host.onLoopback.size).toBe(3);
    await approveRelease(directory, [VIP, OTHER], Date.now());
    expect(await keeper.apply([drop(VIP), drop(OTHER)])).toEqual([]);
    expect([...host.onLoopback]).toEqual([THIRD]);
    expect(await condition()).toBe('True');
  });

  it('lets go of half of them, of one alone, and of what an operator released in a change', async () => {
    await reconcile(VIP, OTHER);
    expect(await keeper.reconcile(mapOf([OTHER]))).toEqual([]);
    expect(await keeper.reconcile(mapOf([]))).toEqual([]);
    await reconcile(VIP, OTHER);
    const released = [VIP, OTHER].map((vip) => ({
      ...drop(vip),
      after: { ...drop(vip).after, approval: 9 },
    }));
    expect(await keeper.apply(released)).toEqual([]);
    expect(host.onLoopback.size).toBe(0);
  });

  it('lets the last VIP go although what sets the settings at boot stays, and takes that away when it can', async () => {
    await reconcile(VIP);
    host.readOnly = true;
    expect(await reconcile()).toEqual([]);
    expect(await fact(VIP)).toMatchObject({ bound: false, silent: true, reason: 'Released' });
    expect([host.settings, host.kept]).toEqual([{ quiet: 0 }, { quiet: 1 }]);
    await keeper.stop();
    keeper = start();
    host.readOnly = false;
    await reconcile();
    expect(host.kept).toBeUndefined();
    const ledger = await VipLedger.open(directory, logger);
    expect(ledger.changedSettings).toBe(false);
  });

  it('puts no setting out of its mind that is not as it was before', async () => {
    await reconcile(VIP);
    host.settingsStick = true;
    await reconcile();
    expect((await VipLedger.open(directory, logger)).changedSettings).toBe(true);
    host.settingsStick = false;
    await keeper.look();
    expect(host.settings).toEqual({ quiet: 0 });
    expect((await VipLedger.open(directory, logger)).changedSettings).toBe(false);
  });

  it('tries again what failed, with every look, and says so once', async () => {
    const warn = vi.spyOn(logger, 'warn');
    host.readOnly = true;
    await reconcile(VIP, OTHER);
    host.guardSticks = true;
    const kept = async () =>
      (await keeper.describe(true)).conditions.find(({ type }) => type === 'ArpSettingsKept')?.status;
    for (let look = 0; look < 3; look++) await keeper.look();
    expect(await kept()).toBe('False');
    expect(warn).toHaveBeenCalledTimes(1);
    host.readOnly = false;
    await keeper.look();
    expect(await kept()).toBe('True');
    await keeper.apply([drop(OTHER)]);
    await keeper.look();
    expect(host.covered?.has(OTHER)).toBe(true);
    host.guardSticks = false;
    await keeper.look();
    expect([...(host.covered ?? [])]).toEqual([VIP]);
    warn.mockRestore();
  });

  it('says once that it cannot look the host over, and does not try without a pause', async () => {
    const warn = vi.spyOn(logger, 'warn');
    await keeper.stop();
    keeper = start(10);
    await reconcile(VIP);
    host.broken = true;
    const before = host.observed;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(host.observed - before).toBeGreaterThan(2);
    expect(host.observed - before).toBeLessThan(12);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });
});
