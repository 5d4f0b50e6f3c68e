import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setImmediate } from 'node:timers/promises';
import { KeptHost } from './kept-host.fake.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';

let kept: KeptHost;

beforeEach(async () => {
  kept = await KeptHost.open();
});
afterEach(() => kept.close());

describe('looking the host over', () => {
  it('happens in time, and heals what drifted, however fast changes follow each other', async () => {
    const { host } = kept;
    await kept.restart(20);
    await kept.hold(OTHER);
    const before = host.observed;
    host.onLoopback.delete(OTHER);
    const until = performance.now() + 100;
    // Timers of ours get their turn only where something waits for more than a promise, as a real host always does.
    while (performance.now() < until) await kept.put(VIP).then(() => setImmediate());
    expect(host.observed).toBeGreaterThan(before + 1);
    expect(host.onLoopback.has(OTHER)).toBe(true);
  });

  it('heals what drifted after a change that was looked at alone', async () => {
    await kept.hold(OTHER);
    await kept.keeper.look();
    await kept.put(VIP);
    kept.host.onLoopback.delete(VIP);
    await kept.keeper.look();
    expect(kept.host.onLoopback.has(VIP)).toBe(true);
  });

  it('tells of no VIP that it is silent once the host could not be looked at twice in a row', async () => {
    const { keeper } = kept;
    const lookedOver = async () => (await kept.condition('HostLookedOver'))?.status;
    await kept.hold(VIP);
    kept.host.broken = true;
    await keeper.look().catch(() => undefined);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true });
    expect(await lookedOver()).toBe('True');
    const news = vi.fn();
    keeper.onChange(news);
    await keeper.look().catch(() => undefined);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: false, reason: 'NotLookedAt' });
    expect(await lookedOver()).toBe('False');
    expect(news).toHaveBeenCalledOnce();
    kept.host.broken = false;
    await keeper.look();
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'Held' });
    expect(await lookedOver()).toBe('True');
  });

  it('tries again what failed, every time, and says so once', async () => {
    const { host, keeper } = kept;
    const warn = vi.spyOn(kept.logger, 'warn');
    host.readOnly = true;
    await kept.hold(VIP, OTHER);
    host.guardSticks = true;
    const settings = async () => (await kept.condition('ArpSettingsKept'))?.status;
    for (let look = 0; look < 3; look++) await keeper.look();
    expect(await settings()).toBe('False');
    expect(warn).toHaveBeenCalledTimes(1);
    host.readOnly = false;
    await keeper.look();
    expect(await settings()).toBe('True');
    await kept.drop(OTHER);
    await keeper.look();
    expect(host.covered?.has(OTHER)).toBe(true);
    host.guardSticks = false;
    await keeper.look();
    expect([...(host.covered ?? [])]).toEqual([VIP]);
  });

  it('says once that it cannot be done, and does not try without a pause', async () => {
    const { host } = kept;
    const warn = vi.spyOn(kept.logger, 'warn');
    await kept.restart(10);
    await kept.hold(VIP);
    host.broken = true;
    const before = host.observed;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(host.observed - before).toBeGreaterThan(2);
    expect(host.observed - before).toBeLessThan(12);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
