import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approveRelease } from '../../link/release-approval.js';
import { KeptHost } from './kept-host.fake.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const THIRD = '192.0.2.202';

let kept: KeptHost;

beforeEach(async () => {
  kept = await KeptHost.open();
});
afterEach(() => kept.close());

/** VIPs, with what they are at fault for. */
const told = (faults: Awaited<ReturnType<KeptHost['list']>>) =>
  faults.map(({ key, reason }) => `${key} ${reason}`).sort();

describe('what the host has, whatever it was handed before', () => {
  it('does not go by more than a half without an operator', async () => {
    const { host } = kept;
    const approved = async () => (await kept.condition('ReleasesApproved'))?.status;
    await kept.hold(VIP, OTHER, THIRD);
    await kept.restart();
    expect(told(await kept.list(THIRD))).toEqual([`${VIP} ReleaseRefused`, `${OTHER} ReleaseRefused`]);
    expect([...host.onLoopback].sort()).toEqual([VIP, OTHER, THIRD]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'Held' });
    expect(await approved()).toBe('False');
    // Neither one after the other, nor by a look.
    for (const vip of [VIP, OTHER]) expect(await kept.lose(vip)).toHaveLength(2);
    await kept.keeper.look();
    expect(host.onLoopback.size).toBe(3);
    await approveRelease(kept.stateDir, [VIP, OTHER], Date.now());
    expect(await kept.lose(VIP, OTHER)).toEqual([]);
    expect([...host.onLoopback]).toEqual([THIRD]);
    expect(await approved()).toBe('True');
  });

  it('goes by half, but not to the last one', async () => {
    await kept.hold(VIP, OTHER);
    expect(await kept.list(OTHER)).toEqual([]);
    expect([...kept.host.onLoopback]).toEqual([OTHER]);
    expect(told(await kept.list())).toEqual([`${OTHER} ReleaseRefused`]);
    expect(told(await kept.lose(OTHER))).toEqual([`${OTHER} ReleaseRefused`]);
    expect([...kept.host.onLoopback]).toEqual([OTHER]);
  });

  it("goes, the last one too, by an operator's change", async () => {
    await kept.hold(VIP, OTHER);
    expect(await kept.drop(VIP, OTHER)).toEqual([]);
    expect(kept.host.onLoopback.size).toBe(0);
    await kept.hold(VIP);
    expect(await kept.drop(VIP)).toEqual([]);
    expect(kept.host.onLoopback.size).toBe(0);
  });
});
