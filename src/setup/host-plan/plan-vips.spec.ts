import { describe, expect, it } from 'vitest';
import { NOTHING, plan, view, VIP, VIP6 } from './planned.fake.js';
import type { Lock } from './restraint.js';

const OTHER = '192.0.2.201';

describe('planning VIPs', () => {
  it('sets a host silent and guards it before the first VIP is bound', () => {
    expect(plan({ wanted: new Set([VIP]) })).toEqual([
      { do: 'silence' },
      { do: 'load-guard', addresses: [VIP] },
      { do: 'bind', addresses: [VIP] },
    ]);
  });

  it('takes the reverse way when the last VIP leaves', () => {
    expect(plan({ view: view([VIP], true), ours: new Set([VIP]), settingsChanged: true })).toEqual([
      { do: 'unbind', addresses: [VIP] },
      { do: 'drop-guard' },
      { do: 'restore' },
    ]);
  });

  it('needs the guard alone for IPv6', () => {
    expect(plan({ wanted: new Set([VIP6]) })).toEqual([
      { do: 'load-guard', addresses: [VIP6] },
      { do: 'bind', addresses: [VIP6] },
    ]);
  });

  it('adds to a guard that is there, and takes out of it what left', () => {
    const over = { wanted: new Set([VIP6]), ours: new Set([VIP]), guardNeeded: true };
    expect(plan({ ...over, view: view([VIP], false) })).toEqual([
      { do: 'guard', addresses: [VIP6] },
      { do: 'unbind', addresses: [VIP] },
      { do: 'unguard', addresses: [VIP] },
      { do: 'bind', addresses: [VIP6] },
    ]);
  });

  it('does nothing where all is as it shall be', () => {
    expect(
      plan({ wanted: new Set([VIP]), view: view([VIP], true), ours: new Set([VIP]), settingsChanged: true }),
    ).toEqual([]);
  });

  it('mends what alone was lost', () => {
    const over = { wanted: new Set([VIP]), ours: new Set([VIP]) };
    const unkept = view([VIP], true);
    expect(plan({ ...over, view: view([VIP], false) })).toEqual([{ do: 'silence' }]);
    expect(plan({ ...over, view: { ...unkept, silence: { ...unkept.silence, kept: false } } })).toEqual([
      { do: 'keep-settings' },
    ]);
    expect(plan({ ...over, view: view([VIP], true, []) })).toEqual([{ do: 'guard', addresses: [VIP] }]);
    expect(plan({ ...over, view: view([VIP], true, null) })).toEqual([
      { do: 'load-guard', addresses: [VIP] },
    ]);
  });

  it('makes a guard anew that is not as it was loaded, with all that the host holds', () => {
    const own = view([VIP, VIP6], true, []);
    const steps = plan({
      wanted: new Set([VIP]),
      borrowed: new Set([VIP6]),
      gone: [VIP6],
      view: { ...own, guard: { ...own.guard, inForce: false } },
    });
    expect(steps).toEqual([{ do: 'load-guard', addresses: [VIP, VIP6] }]);
  });

  it('covers what an operator may put back, and does not bind it', () => {
    expect(plan({ wanted: new Set([VIP6]), awaited: [VIP] })).toEqual([
      { do: 'load-guard', addresses: [VIP6, VIP] },
      { do: 'bind', addresses: [VIP6] },
    ]);
  });

  it('clears away the guard of an earlier run that nothing needs', () => {
    const left = { standing: true, inForce: false, addresses: new Set<string>(), advice: '' };
    expect(plan({ view: { ...NOTHING, guard: left } })).toEqual([{ do: 'drop-guard' }]);
  });

  it('keeps the silence as long as a VIP that an operator put there stands on loopback', () => {
    const borrowed = new Set([VIP]);
    expect(plan({ view: view([VIP], true), borrowed, gone: [VIP], settingsChanged: true })).toEqual([]);
    expect(plan({ view: view([], true, [VIP]), borrowed, gone: [VIP], settingsChanged: true })).toEqual([
      { do: 'drop-guard' },
      { do: 'restore' },
    ]);
  });

  it('keeps silence and guard for a VIP that is not in question', () => {
    const over = { view: view([VIP], true), ours: new Set([VIP]), gone: [VIP], settingsChanged: true };
    expect(plan({ ...over, silenceNeeded: true, guardNeeded: true })).toEqual([
      { do: 'unbind', addresses: [VIP] },
      { do: 'unguard', addresses: [VIP] },
    ]);
  });

  it('leaves alone what it did not bind', () => {
    expect(plan({ view: view([VIP], true, null) })).toEqual([]);
  });

  describe('of a host that cannot be silenced', () => {
    const failed = new Set<Lock>(['silence']);
    const over = {
      wanted: new Set([VIP, OTHER, VIP6]),
      ours: new Set([VIP]),
      settingsChanged: true,
      failed,
    };

    it('keeps the IPv4 VIPs that the guard covers, takes in no new one, and goes on with IPv6', () => {
      expect(plan({ ...over, view: view([VIP], false) })).toEqual([
        { do: 'guard', addresses: [OTHER, VIP6] },
        { do: 'bind', addresses: [VIP6] },
      ]);
    });

    it('takes them off where the guard cannot be had either, or keeps nobody out', () => {
      const bare = view([VIP], false, null);
      const off = { do: 'unbind', addresses: [VIP] };
      expect(plan({ ...over, view: bare, failed: new Set<Lock>(['silence', 'guard']) })).toEqual([off]);
      const covered = view([VIP], false, [VIP, OTHER, VIP6]);
      const doors = { ...covered, guard: { ...covered.guard, admitsOnly: true as const } };
      expect(plan({ ...over, view: doors })).toContainEqual(off);
    });
  });

  it('binds nothing new on a host that cannot be guarded, and takes nothing away', () => {
    const over = { wanted: new Set([VIP, VIP6]), ours: new Set([VIP]), failed: new Set<Lock>(['guard']) };
    expect(plan({ ...over, view: view([VIP], true, null) })).toEqual([]);
  });
});
