import { describe, expect, it } from 'vitest';
import { plan, view, VIP, VIP6 } from './planned.fake.js';
import type { Kept, Lock } from './restraint.js';

describe('planning VIPs while somebody fights over a lock', () => {
  const held = { wanted: new Set([VIP]), ours: new Set([VIP]) };
  const NEW = '192.0.2.201';
  const left = (...locks: Lock[]) => ({ locks: new Set(locks), unsteady: new Set(locks) });

  it('keeps a VIP as long as the other lock stands, and takes in no new one', () => {
    const wanted = new Set([VIP, NEW]);
    expect(
      plan({ ...held, wanted, view: view([VIP], false, [VIP, NEW]), restraint: left('silence') }),
    ).toEqual([]);
    expect(plan({ ...held, wanted, view: view([VIP], true, null), restraint: left('guard') })).toEqual([]);
  });

  it('puts the other lock back at once where that is gone as well', () => {
    expect(plan({ ...held, view: view([VIP], false, null), restraint: left('silence') })).toEqual([
      { do: 'load-guard', addresses: [VIP] },
    ]);
    expect(plan({ ...held, view: view([VIP], false, null), restraint: left('guard') })).toEqual([
      { do: 'silence' },
    ]);
  });

  it('takes the VIP off when neither can be kept', () => {
    const alone = view([VIP, VIP6], false, null);
    const both = { wanted: new Set([VIP, VIP6]), ours: new Set([VIP, VIP6]), view: alone };
    // IPv6 needs no settings: loopback alone keeps it silent.
    const off = [{ do: 'unbind', addresses: [VIP] }];
    expect(plan({ ...both, restraint: left('silence', 'guard') })).toEqual(off);
    expect(plan({ ...both, restraint: left('silence'), failed: new Set(['guard']) })).toEqual(off);
    expect(plan({ ...both, restraint: left('guard'), failed: new Set(['silence']) })).toEqual(off);
  });

  it('brings it back only when what it depends on has stood for a while', () => {
    const there = { wanted: new Set([VIP, VIP6]), view: view([], true, [VIP, VIP6]) };
    const unsteady = (lock: Lock) => ({ locks: new Set<Lock>(), unsteady: new Set([lock]) });
    expect(plan({ ...there, restraint: unsteady('guard') })).toEqual([]);
    expect(plan({ ...there, restraint: unsteady('silence') })).toEqual([{ do: 'bind', addresses: [VIP6] }]);
    expect(plan(there)).toEqual([{ do: 'bind', addresses: [VIP, VIP6] }]);
  });

  it('leaves the file for the next boot alone where that is all that is fought over', () => {
    const seen = view([VIP], true);
    const notKept = { ...seen, silence: { ...seen.silence, kept: false } };
    const file = { locks: new Set<Kept>(['boot-settings']), unsteady: new Set<Lock>() };
    expect(plan({ ...held, view: notKept, restraint: file })).toEqual([]);
    expect(plan({ ...held, view: notKept })).toEqual([{ do: 'keep-settings' }]);
  });

  it('writes that file also while the settings themselves are fought over, and leaves these alone', () => {
    const seen = view([VIP], false);
    const notKept = { ...seen, silence: { ...seen.silence, kept: false } };
    expect(plan({ ...held, view: notKept, restraint: left('silence') })).toEqual([{ do: 'keep-settings' }]);
  });
});
