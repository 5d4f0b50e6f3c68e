import { describe, expect, it } from 'vitest';
import { addressPlaces } from './seen-host.js';
import type { HostView } from '../../agent/plan/host-view.js';
import { harmfulVips } from './harmful-vips.js';
import { plan, view, VIP, VIP6, withCard } from './planned.fake.js';
import type { Kept, Lock } from './restraint.js';

const OTHER = '192.0.2.201';
const ANOTHER = '192.0.2.11';
const vips = new Set([VIP, OTHER, VIP6]);
const harms = (seen: HostView) => Object.fromEntries(harmfulVips(vips, seen, addressPlaces(seen)));
const bound = view([VIP, VIP6], true);

describe('a VIP that would cut the host off', () => {
  it("is a card's only address of its family, whatever else is on it", () => {
    expect(harms(withCard(bound, VIP, '2001:db8::11', '169.254.7.7'))).toEqual({ [VIP]: 'own-address' });
    expect(harms(withCard(bound, VIP6, ANOTHER, 'fe80::1'))).toEqual({ [VIP6]: 'own-address' });
    // Other VIPs are no address by which the host is reached.
    expect(harms(withCard(bound, VIP, OTHER))).toEqual({ [VIP]: 'own-address', [OTHER]: 'own-address' });
  });

  it('is none that somebody put beside the address of the host, or that is on loopback alone', () => {
    expect(harms(withCard(bound, ANOTHER, VIP))).toEqual({});
    expect(harms(bound)).toEqual({});
  });

  it('is not known by a look at a few addresses', () => {
    expect(harms({ ...withCard(bound, VIP), partial: true })).toEqual({});
  });

  it('is the gateway', () => {
    expect(harms({ ...bound, gateways: [VIP] })).toEqual({ [VIP]: 'gateway' });
  });
});

describe('the plan for it', () => {
  const over = { wanted: new Set<string>(), ours: new Set([VIP]), gone: [] };
  const needed = { silenceNeeded: true, guardNeeded: true };
  const released = [
    { do: 'unbind', addresses: [VIP] },
    { do: 'unguard', addresses: [VIP] },
  ];

  it("lets go of the host's own address, and of the gateway", () => {
    expect(plan({ ...over, ...needed, view: withCard(view([VIP], true), VIP) })).toEqual(released);
    expect(plan({ ...over, ...needed, view: { ...view([VIP], true), gateways: [VIP] } })).toEqual(released);
    const covered = view([], true, [VIP]);
    expect(plan({ ...over, ...needed, view: { ...covered, gateways: [VIP] } })).toEqual([released[1]]);
  });

  it('takes the guard off it also while the guard is left alone, or cannot be made', () => {
    const own = withCard(view([VIP], true), VIP);
    const restraint = { locks: new Set<Kept>(['guard']), unsteady: new Set<Lock>(['guard']) };
    expect(plan({ ...over, ...needed, view: own, restraint })).toEqual(released);
    expect(plan({ ...over, ...needed, view: own, failed: new Set<Lock>(['guard']) })).toEqual(released);
  });

  it('leaves the copy on loopback of an operator, and takes the guard off it all the same', () => {
    const left = { ...over, ours: new Set<string>(), borrowed: new Set([VIP]), ...needed };
    expect(plan({ ...left, view: withCard(view([VIP], true), VIP) })).toEqual([released[1]]);
    // What keeps the gateway from being answered for stays as long as it is on loopback.
    expect(plan({ ...left, view: { ...view([VIP], true), gateways: [VIP] } })).toEqual([]);
  });

  it("keeps a VIP of ours that somebody put beside the host's own address as well, and covers it", () => {
    const drifted = withCard(view([VIP], true), ANOTHER, VIP);
    expect(plan({ ...over, view: drifted })).toEqual([]);
    const bare = withCard(view([VIP], true, null), ANOTHER, VIP);
    expect(plan({ ...over, ...needed, view: bare })).toEqual([{ do: 'load-guard', addresses: [VIP] }]);
    expect(plan({ ...over, ours: new Set(), view: bare })).toEqual([]);
  });

  it('never binds it', () => {
    const wanted = new Set([VIP, OTHER]);
    expect(plan({ wanted, view: { ...view([], true, [OTHER]), gateways: [VIP] } })).toEqual([
      { do: 'bind', addresses: [OTHER] },
    ]);
  });
});
