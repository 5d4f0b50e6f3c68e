import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VipLedger } from '../settlement/vip-ledger.js';
import { KeptHost } from './kept-host.fake.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';

let kept: KeptHost;

beforeEach(async () => {
  kept = await KeptHost.open();
});
afterEach(() => kept.close());

const ledger = () => VipLedger.open(kept.stateDir, kept.logger);

describe('letting go of a VIP that cannot be taken off', () => {
  it('is reported after a snapshot, and done when it can be', async () => {
    const { host } = kept;
    await kept.hold(VIP, OTHER);
    host.sticky.add(VIP);
    expect(await kept.hold(OTHER)).toMatchObject([{ key: VIP, versionInForce: 1, reason: 'UnbindFailed' }]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, reason: 'UnbindFailed' });
    host.sticky.clear();
    expect(await kept.drop(VIP)).toEqual([]);
    expect([...host.onLoopback]).toEqual([OTHER]);
  });

  it('leaves the host silent as long as it is the last one', async () => {
    const { host } = kept;
    await kept.hold(VIP);
    host.sticky.add(VIP);
    expect(await kept.drop(VIP)).toMatchObject([{ key: VIP, reason: 'UnbindFailed' }]);
    expect(host.settings).toEqual({ quiet: 1 });
    host.sticky.clear();
    expect(await kept.drop(VIP)).toEqual([]);
    expect(host.settings).toEqual({ quiet: 0 });
  });
});

describe('a VIP that an operator put there', () => {
  it('stays, silently, also after a restart, until they take it away', async () => {
    const { host } = kept;
    host.onLoopback.add(VIP);
    await kept.hold(VIP, OTHER);
    expect(await kept.hold()).toEqual([]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'LeftToOperator' });
    expect(host.settings).toEqual({ quiet: 1 });
    await kept.restart();
    await kept.hold();
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'LeftToOperator' });
    expect(host.settings).toEqual({ quiet: 1 });
    host.onLoopback.delete(VIP);
    await kept.keeper.look();
    expect(host.settings).toEqual({ quiet: 0 });
    expect(await kept.fact(VIP)).toMatchObject({ bound: false, reason: 'Released' });
  });

  it('stays silent also when the last other VIP leaves by a change that is not about it', async () => {
    const { host } = kept;
    host.onLoopback.add(VIP);
    await kept.hold(VIP, OTHER);
    await kept.drop(VIP);
    await kept.drop(OTHER);
    expect([...host.onLoopback]).toEqual([VIP]);
    expect(host.settings).toEqual({ quiet: 1 });
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'LeftToOperator' });
  });

  it('is not told of in the same words again and again', async () => {
    const { keeper } = kept;
    kept.host.onLoopback.add(VIP);
    await kept.hold(VIP);
    await kept.hold();
    await keeper.describe(true);
    keeper.acknowledged();
    const news = vi.fn();
    keeper.onChange(news);
    for (let poll = 0; poll < 3; poll++) await keeper.look();
    await kept.hold();
    expect(news).not.toHaveBeenCalled();
  });
});

describe('settings, when the last VIP goes', () => {
  it('stay where an operator changed them meanwhile', async () => {
    await kept.hold(VIP);
    kept.host.settings = { quiet: 2 };
    await kept.hold();
    expect(kept.host.settings).toEqual({ quiet: 2 });
  });

  it('are put back although what sets them at boot stays, which goes when it can', async () => {
    const { host } = kept;
    await kept.hold(VIP);
    host.readOnly = true;
    expect(await kept.hold()).toEqual([]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: false, silent: true, reason: 'Released' });
    expect([host.settings, host.kept]).toEqual([{ quiet: 0 }, { quiet: 1 }]);
    await kept.restart();
    host.readOnly = false;
    await kept.hold();
    expect(host.kept).toBeUndefined();
    expect((await ledger()).changedSettings).toBe(false);
  });

  it('are not forgotten as long as they are not as they were before', async () => {
    const { host } = kept;
    await kept.hold(VIP);
    host.settingsStick = true;
    await kept.hold();
    expect((await ledger()).changedSettings).toBe(true);
    host.settingsStick = false;
    await kept.keeper.look();
    expect(host.settings).toEqual({ quiet: 0 });
    expect((await ledger()).changedSettings).toBe(false);
  });
});
