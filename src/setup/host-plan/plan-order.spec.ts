import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIpv6 } from '../../contract/canonical-address.js';
import type { HostView } from '../../agent/plan/host-view.js';
import { plan, view, VIP6 } from './planned.fake.js';
import type { Step } from './plan-vips.js';
import type { Lock } from './restraint.js';

describe('the order of a plan', () => {
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
