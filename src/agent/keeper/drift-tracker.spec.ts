import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeptHost } from './kept-host.fake.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';

let kept: KeptHost;

beforeEach(async () => {
  kept = await KeptHost.open();
});
afterEach(async () => {
  vi.useRealTimers();
  await kept.close();
});

describe('a keeper whose host is undone', () => {
  it('tells what somebody undid, at once and with what was found, and nothing that it did itself', async () => {
    await kept.hold(VIP);
    await kept.hold(VIP, OTHER);
    await kept.hold(VIP);
    expect(await kept.drift()).toEqual({ total: 0, latest: [] });
    const news = vi.fn();
    kept.keeper.onChange(news);
    kept.host.onLoopback.delete(VIP);
    kept.host.settings = { quiet: 0 };
    await kept.keeper.look();
    expect(news).toHaveBeenCalled();
    expect(await kept.drift()).toMatchObject({
      total: 2,
      latest: [
        { thing: 'quiet', found: '0', wanted: '1', count: 1, repaired: true },
        { thing: `VIP ${VIP}`, found: 'absent', wanted: 'on lo alone', count: 1, repaired: true },
      ],
    });
  });

  it('does not race with who takes a VIP away again and again, and says so', async () => {
    await kept.hold(VIP, OTHER);
    for (let time = 0; time < 5; time++) {
      expect(await kept.condition('RepairsHold')).toMatchObject({ status: 'True' });
      kept.host.onLoopback.delete(VIP);
      await kept.keeper.look();
      expect(kept.host.onLoopback.has(VIP)).toBe(true);
    }
    kept.host.onLoopback.delete(VIP);
    await kept.keeper.look();
    await kept.keeper.look();
    expect([...kept.host.onLoopback]).toEqual([OTHER]);
    expect(kept.host.settings).toEqual({ quiet: 1 });
    expect(await kept.condition('RepairsHold')).toMatchObject({ status: 'False', reason: 'DriftPersists' });
    expect(await kept.fact(VIP)).toMatchObject({ bound: false, reason: 'DriftPersists' });
    expect(await kept.hold(VIP, OTHER)).toMatchObject([{ key: VIP, reason: 'DriftPersists' }]);
    expect(kept.host.onLoopback.has(VIP)).toBe(false);
  });

  it('keeps a VIP by one lock while somebody fights over the other, and takes it off when it has none', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const seconds = (count: number) => vi.advanceTimersByTime(count * 1_000);
    await kept.hold(VIP);
    for (let time = 0; time < 6; time++) {
      kept.host.settings = { quiet: 0 };
      await kept.keeper.look();
    }
    // The settings are left alone during the pause, and the guard keeps the host silent.
    expect(kept.host.settings).toEqual({ quiet: 0 });
    expect([...kept.host.onLoopback]).toEqual([VIP]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: false });
    for (let time = 0; time < 5; time++) {
      kept.host.covered = undefined;
      await kept.keeper.look();
      expect(kept.host.covered).toEqual(new Set([VIP]));
      expect([...kept.host.onLoopback]).toEqual([VIP]);
    }
    kept.host.covered = undefined;
    await kept.keeper.look();
    expect([...kept.host.onLoopback]).toEqual([]);
    // Both may be made anew after the pause; the VIP comes once they have stood for 10 s.
    seconds(10);
    await kept.keeper.look();
    expect([kept.host.settings, kept.host.covered]).toEqual([{ quiet: 1 }, new Set([VIP])]);
    seconds(9);
    await kept.keeper.look();
    expect([...kept.host.onLoopback]).toEqual([]);
    seconds(1);
    await kept.keeper.look();
    expect([...kept.host.onLoopback]).toEqual([VIP]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true });
  });

  it('looks at once when something moved, and not again for what it did itself', async () => {
    await kept.hold(VIP);
    kept.host.onLoopback.delete(VIP);
    kept.watch.move();
    await vi.waitFor(() => expect(kept.host.onLoopback.has(VIP)).toBe(true));
    const looks = kept.host.observed;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(kept.host.observed).toBe(looks);
    expect(await kept.condition('HostWatched')).toMatchObject({ status: 'True' });
    kept.watch.trouble = '`ip monitor` ended';
    expect(await kept.condition('HostWatched')).toMatchObject({ status: 'False', reason: 'MonitorEnded' });
  });

  it('does not count what it took off itself, and puts it back when it may', async () => {
    await kept.hold(VIP, OTHER);
    kept.host.settings = { quiet: 0 };
    kept.host.silentSettings = () => ({ quiet: 0 });
    for (let time = 0; time < 7; time++) {
      kept.host.guardRefuses = true;
      kept.host.covered = undefined;
      await kept.keeper.look();
      expect([...kept.host.onLoopback]).toEqual([]);
      kept.host.guardRefuses = false;
      kept.host.settings = { quiet: 1 };
      await kept.keeper.look();
      kept.host.settings = { quiet: 0 };
    }
    const things = (await kept.drift()).latest.map(({ thing }) => thing);
    expect(things.filter((thing) => thing.startsWith('VIP'))).toEqual([]);
  });

  it('does not take a hole in the guard for good that a change of another VIP does not show', async () => {
    await kept.hold(VIP, OTHER);
    const hole = () => kept.host.covered?.delete(VIP);
    const told = async () => (await kept.drift()).latest[0];
    kept.host.unguard = () => Promise.resolve();
    const made = kept.host.guard.bind(kept.host);
    kept.host.guard = () => Promise.resolve();
    hole();
    await kept.keeper.look();
    for (let version = 2; version < 9; version++) {
      await kept.put(OTHER, version);
      await kept.keeper.look();
      expect(await told()).toMatchObject({ thing: 'guard of the VIPs', count: 1, repaired: false });
    }
    kept.host.guard = made;
    await kept.keeper.look();
    expect(await told()).toMatchObject({ count: 1, repaired: true });
  });

  it('closes a hole in the guard after the pause, whatever changes meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await kept.hold(VIP, OTHER);
    for (let time = 0; time < 6; time++) {
      kept.host.covered?.delete(VIP);
      await kept.keeper.look();
    }
    for (let second = 0; second < 10; second++) {
      expect(kept.host.covered).toEqual(new Set([OTHER]));
      await kept.put(OTHER, 2 + second);
      await kept.keeper.look();
      expect(await kept.drift()).toMatchObject({ total: 6, latest: [{ repaired: false }] });
      vi.advanceTimersByTime(1_000);
    }
    await kept.put(OTHER, 20);
    expect(kept.host.covered).toEqual(new Set([OTHER, VIP]));
  });
});
