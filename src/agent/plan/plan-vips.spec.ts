import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostView } from './host-view.js';
import { planVips, type Situation, type Step } from './plan-vips.js';

const VIP = '192.0.2.200';
const VIP6 = '2001:db8::200';

function view(onLoopback: readonly string[], silent: boolean): HostView {
  const addresses = onLoopback.map((address) => ({
    address,
    prefixLength: address.includes(':') ? 128 : 32,
  }));
  const lo = { name: 'lo', loopback: true, mac: null, up: true, mtu: 65_536, addresses };
  return {
    interfaces: [lo],
    gateways: [],
    silence: { inForce: silent, deviations: [], problems: silent ? [] : ['x'] },
  };
}

function plan(over: Partial<Situation>): Step[] {
  return planVips({
    wanted: new Set(),
    gone: [...(over.ours ?? [])].filter((address) => !over.wanted?.has(address)),
    silenceNeeded: [...(over.wanted ?? [])].some((address) => !address.includes(':')),
    view: view([], false),
    ours: new Set(),
    borrowed: new Set(),
    settingsChanged: false,
    silenceFailed: false,
    ...over,
  });
}

describe('planning VIPs', () => {
  it('silences a host before the first VIP is bound', () => {
    expect(plan({ wanted: new Set([VIP]) })).toEqual([{ do: 'silence' }, { do: 'bind', addresses: [VIP] }]);
  });

  it('unbinds the last VIP before the settings are put back', () => {
    expect(plan({ view: view([VIP], true), ours: new Set([VIP]), settingsChanged: true })).toEqual([
      { do: 'unbind', addresses: [VIP] },
      { do: 'restore' },
    ]);
  });

  it('needs no silence for IPv6', () => {
    expect(plan({ wanted: new Set([VIP6]) })).toEqual([{ do: 'bind', addresses: [VIP6] }]);
  });

  it('does nothing where all is as it shall be', () => {
    expect(
      plan({ wanted: new Set([VIP]), view: view([VIP], true), ours: new Set([VIP]), settingsChanged: true }),
    ).toEqual([]);
  });

  it('mends silence alone when only that was lost', () => {
    expect(plan({ wanted: new Set([VIP]), view: view([VIP], false), ours: new Set([VIP]) })).toEqual([
      { do: 'silence' },
    ]);
  });

  it('keeps the silence as long as a VIP that an operator put there stands on loopback', () => {
    const borrowed = new Set([VIP]);
    expect(plan({ view: view([VIP], true), borrowed, gone: [VIP], settingsChanged: true })).toEqual([]);
    expect(plan({ view: view([], true), borrowed, gone: [VIP], settingsChanged: true })).toEqual([
      { do: 'restore' },
    ]);
  });

  it('keeps the silence for a VIP that is not in question', () => {
    const over = { view: view([VIP], true), ours: new Set([VIP]), gone: [VIP], settingsChanged: true };
    expect(plan({ ...over, silenceNeeded: true })).toEqual([{ do: 'unbind', addresses: [VIP] }]);
  });

  it('leaves alone what it did not bind', () => {
    expect(plan({ view: view([VIP], true) })).toEqual([]);
  });

  it('takes IPv4 VIPs off a host that cannot be silenced, and goes on with IPv6', () => {
    expect(
      plan({
        wanted: new Set([VIP, VIP6]),
        view: view([VIP], false),
        ours: new Set([VIP]),
        settingsChanged: true,
        silenceFailed: true,
      }),
    ).toEqual([
      { do: 'unbind', addresses: [VIP] },
      { do: 'bind', addresses: [VIP6] },
    ]);
  });

  const someAddresses: string[] = ['192.0.2.1', '192.0.2.2', '192.0.2.3', VIP6];
  const vips = fc.uniqueArray(fc.constantFrom(...someAddresses));
  const situations = fc.record({
    wanted: vips,
    onLoopback: vips,
    ours: vips,
    silent: fc.boolean(),
    settingsChanged: fc.boolean(),
    silenceFailed: fc.boolean(),
  });

  it('never leaves a moment in which an IPv4 VIP of ours is bound by it and not silent', () => {
    fc.assert(
      fc.property(situations, ({ wanted, onLoopback, ours, silent, settingsChanged, silenceFailed }) => {
        let quiet = silent && !silenceFailed;
        const bound = new Set<string>();
        const steps = plan({
          wanted: new Set(wanted),
          view: view(onLoopback, quiet),
          ours: new Set(ours),
          settingsChanged,
          silenceFailed,
        });
        const left = new Set(
          onLoopback.filter((address) => ours.includes(address) && !address.includes(':')),
        );
        for (const step of steps) {
          if (step.do === 'silence') quiet = true;
          if (step.do === 'unbind') for (const address of step.addresses) left.delete(address);
          if (step.do === 'restore') {
            expect(left.size).toBe(0);
            quiet = false;
          }
          if (step.do === 'bind') for (const address of step.addresses) bound.add(address);
          if ([...bound].some((address) => !address.includes(':'))) expect(quiet).toBe(true);
        }
      }),
    );
  });

  it('ends with all that is wanted and nothing of ours that is not, once silence holds', () => {
    fc.assert(
      fc.property(situations, ({ wanted, onLoopback, ours, silent, settingsChanged }) => {
        const held = new Set(onLoopback);
        const steps = plan({
          wanted: new Set(wanted),
          view: view(onLoopback, silent),
          ours: new Set(ours),
          settingsChanged,
          silenceFailed: false,
        });
        for (const step of steps) {
          if (step.do === 'unbind') for (const address of step.addresses) held.delete(address);
          if (step.do === 'bind') for (const address of step.addresses) held.add(address);
        }
        const strangers = onLoopback.filter((address) => !ours.includes(address));
        expect([...held].sort()).toEqual([...new Set([...wanted, ...strangers])].sort());
      }),
    );
  });
});
