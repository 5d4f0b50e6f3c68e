import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIpv6, type HostView } from './host-view.js';
import { UNRESTRAINED, type Lock } from './restraint.js';
import { planVips, type Situation, type Step } from './plan-vips.js';

const VIP = '192.0.2.200';
const VIP6 = '2001:db8::200';

/** `guarded`: null where there is no guard. */
function view(
  onLoopback: readonly string[],
  silent: boolean,
  guarded: readonly string[] | null = onLoopback,
): HostView {
  const addresses = onLoopback.map((address) => ({ address, prefixLength: isIpv6(address) ? 128 : 32 }));
  const lo = { name: 'lo', loopback: true, mac: null, up: true, mtu: 65_536, addresses };
  return {
    interfaces: [lo],
    gateways: [],
    silence: { inForce: silent, deviations: [], problems: silent ? [] : ['x'], kept: silent },
    guard: { standing: guarded !== null, inForce: guarded !== null, addresses: new Set(guarded), advice: '' },
  };
}

const NOTHING = view([], false, null);

function plan(over: Partial<Situation>): Step[] {
  const wanted = over.wanted ?? new Set();
  return planVips({
    wanted,
    gone: [...(over.ours ?? [])].filter((address) => !wanted.has(address)),
    silenceNeeded: [...wanted].some((address) => !isIpv6(address)),
    guardNeeded: wanted.size > 0,
    view: NOTHING,
    ours: new Set(),
    borrowed: new Set(),
    awaited: [],
    settingsChanged: false,
    failed: new Set(),
    restraint: UNRESTRAINED,
    ...over,
  });
}

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
      { do: 'silence' },
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

  it('keeps the guard for a VIP of ours that somebody also put on a network card', () => {
    const own = view([VIP], true);
    const eth0 = { name: 'eth0', loopback: false, mac: null, up: true, mtu: 1500 };
    const drifted = {
      ...own,
      interfaces: [...own.interfaces, { ...eth0, addresses: [{ address: VIP, prefixLength: 24 }] }],
    };
    expect(plan({ view: drifted, ours: new Set([VIP]), gone: [] })).toEqual([]);
    expect(plan({ view: { ...drifted, guard: NOTHING.guard }, gone: [] })).toEqual([]);
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

  it('takes IPv4 VIPs off a host that cannot be silenced, and goes on with IPv6', () => {
    expect(
      plan({
        wanted: new Set([VIP, VIP6]),
        view: view([VIP], false),
        ours: new Set([VIP]),
        settingsChanged: true,
        failed: new Set<Lock>(['silence']),
      }),
    ).toEqual([
      { do: 'guard', addresses: [VIP6] },
      { do: 'unbind', addresses: [VIP] },
      { do: 'bind', addresses: [VIP6] },
    ]);
  });

  it('binds nothing new on a host that cannot be guarded, and takes nothing away', () => {
    const over = { wanted: new Set([VIP, VIP6]), ours: new Set([VIP]), failed: new Set<Lock>(['guard']) };
    expect(plan({ ...over, view: view([VIP], true, null) })).toEqual([]);
  });

  const vips = fc.uniqueArray(fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3', VIP6));
  const situations = fc.record({
    wanted: vips,
    onLoopback: vips,
    ours: vips,
    guarded: fc.option(vips),
    silent: fc.boolean(),
    settingsChanged: fc.boolean(),
    failed: fc.subarray<Lock>(['silence', 'guard']),
  });

  /** The host after each step; what is on loopback and not ours is an operator's. */
  function* simulate(steps: readonly Step[], { view: start }: { view: HostView }) {
    const lo = new Set(start.interfaces[0]?.addresses.map(({ address }) => address));
    let quiet = start.silence.inForce;
    let covered: Set<string> | null = start.guard.inForce ? new Set(start.guard.addresses) : null;
    for (const step of steps) {
      if (step.do === 'silence') quiet = true;
      if (step.do === 'restore') quiet = false;
      if (step.do === 'load-guard') covered = new Set(step.addresses);
      if (step.do === 'drop-guard') covered = null;
      if (step.do === 'guard') for (const address of step.addresses) covered?.add(address);
      if (step.do === 'unguard') for (const address of step.addresses) covered?.delete(address);
      if (step.do === 'unbind') for (const address of step.addresses) lo.delete(address);
      if (step.do === 'bind') for (const address of step.addresses) lo.add(address);
      yield { step, lo, quiet, covered };
    }
  }

  it('never leaves a moment in which a VIP that it binds or held is there and a lock is not', () => {
    fc.assert(
      fc.property(situations, ({ wanted, onLoopback, ours, guarded, silent, settingsChanged, failed }) => {
        const quietAtFirst = silent && !failed.includes('silence');
        const start = view(onLoopback, quietAtFirst, guarded);
        const situation = { wanted: new Set(wanted), ours: new Set(ours), settingsChanged };
        const steps = plan({ ...situation, view: start, failed: new Set(failed) });
        for (const { step, lo, quiet, covered } of simulate(steps, { view: start })) {
          const bound = step.do === 'bind' ? step.addresses : [];
          for (const address of bound) expect([address, covered?.has(address)]).toEqual([address, true]);
          for (const address of bound) if (!isIpv6(address)) expect(quiet).toBe(true);
          const left = [...lo].filter((address) => ours.some((each) => each === address));
          if (step.do === 'restore') expect(left.filter((address) => !isIpv6(address))).toEqual([]);
          if (step.do === 'drop-guard') expect(left).toEqual([]);
          if (step.do === 'unguard') expect(left.filter((each) => step.addresses.includes(each))).toEqual([]);
        }
      }),
    );
  });

  it('ends with all that is wanted, guarded, and nothing of ours that is not, once both locks hold', () => {
    fc.assert(
      fc.property(situations, ({ wanted, onLoopback, ours, guarded, silent, settingsChanged }) => {
        const start = view(onLoopback, silent, guarded);
        const situation = { wanted: new Set(wanted), ours: new Set(ours), settingsChanged };
        const steps = plan({ ...situation, view: start });
        const after = [...simulate(steps, { view: start })].at(-1);
        const strangers = onLoopback.filter((address) => !ours.includes(address));
        expect([...(after?.lo ?? onLoopback)].sort()).toEqual([...new Set([...wanted, ...strangers])].sort());
        const covered = after === undefined ? guarded : after.covered;
        expect([...(covered ?? [])].sort()).toEqual([...wanted].sort());
        if (wanted.length === 0) expect(covered).toBeNull();
      }),
    );
  });
});

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
    expect(plan({ ...held, view: notKept, restraint: left('silence') })).toEqual([]);
    expect(plan({ ...held, view: notKept })).toEqual([{ do: 'silence' }]);
  });
});
