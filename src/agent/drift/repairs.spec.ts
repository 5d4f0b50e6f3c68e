import { beforeEach, describe, expect, it } from 'vitest';
import type { Deviation } from '../../link/drift/deviation.js';
import type { HostView } from '../plan/host-view.js';
import type { Made } from './made.js';
import { Repairs, type Looked } from './repairs.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const IGNORE: Deviation = { thing: 'net.ipv4.conf.all.arp_ignore', found: '0', wanted: '1' };
const GUARD = 'guard of the VIPs';
const ETH1: Deviation = { thing: 'net.ipv4.conf.eth1.arp_ignore', found: '3', wanted: '1' };

let repairs: Repairs;
let seconds: number;

beforeEach(() => {
  repairs = new Repairs();
  seconds = 1_000_000;
});

const now = () => ({ monotonic: seconds * 1_000, wall: Date.parse('2026-01-01T00:00:00.000Z') });

interface Seen {
  readonly on?: readonly string[];
  readonly against?: readonly Deviation[];
  /** Addresses that the guard covers; null: there is none. */
  readonly guarded?: readonly string[] | null;
}

function look(
  wanted: readonly string[],
  { on = [], against = [], guarded = wanted }: Seen,
  gone: string[] = [],
): Looked {
  const addresses = on.map((address) => ({ address, prefixLength: 32 }));
  const lo = { name: 'lo', loopback: true, mac: null, up: true, mtu: 65_536, addresses };
  const silence = { inForce: against.length === 0, deviations: against, problems: [], kept: true };
  const standing = guarded !== null;
  const guard = { standing, inForce: standing, addresses: new Set(guarded), advice: '' };
  const view: HostView = { interfaces: [lo], gateways: [], silence, guard };
  const needed = wanted.length > 0;
  return { wanted, gone, silenceNeeded: needed, guardNeeded: needed, view };
}

const NOTHING_MADE: Made = { vips: new Set(), unbound: new Set(), locks: new Set() };

/** A pass that finds the one and leaves the other. @returns what it had to leave alone. */
function pass(wanted: string[], before: Seen, after: Seen, gone: string[] = [], made = NOTHING_MADE) {
  const { vips, locks, unsteady } = repairs.found(look(wanted, before, gone), now());
  repairs.left(look(wanted, after, gone), made, now());
  return { vips: [...vips], locks: [...locks], unsteady: [...unsteady] };
}

const NOTHING_WAITS = { vips: [], locks: [], unsteady: [] };
const told = () =>
  repairs.describe().latest.map(({ thing, count, repaired }) => ({ thing, count, repaired }));

describe('what was undone', () => {
  it('is nothing that a document asks for, or that a start finds', () => {
    pass([VIP], { against: [IGNORE] }, { on: [VIP] });
    pass([VIP, OTHER], { on: [VIP] }, { on: [VIP, OTHER] });
    expect(repairs.describe()).toEqual({ total: 0, latest: [] });
  });

  it('is nothing that could not be brought about', () => {
    pass([VIP], { against: [IGNORE] }, { against: [IGNORE] });
    pass([VIP], { against: [IGNORE] }, { against: [IGNORE] });
    expect(repairs.describe().total).toBe(0);
  });

  it('is a VIP that stood and does not, and a setting that was in force and is not', () => {
    pass([VIP], {}, { on: [VIP] });
    pass([VIP], { against: [IGNORE] }, { on: [VIP] });
    expect(told()).toEqual([
      { thing: IGNORE.thing, count: 1, repaired: true },
      { thing: `VIP ${VIP}`, count: 1, repaired: true },
    ]);
  });

  it('is a new interface that comes with a setting of its own', () => {
    pass([VIP], {}, { on: [VIP] });
    pass([VIP], { on: [VIP], against: [ETH1] }, { against: [ETH1] });
    expect(told()).toContainEqual({ thing: ETH1.thing, count: 1, repaired: false });
  });

  it('is counted once while it cannot be made good, and is good when it is', () => {
    pass([VIP], {}, { on: [VIP] });
    for (let look = 0; look < 3; look++) pass([VIP], { against: [ETH1] }, { against: [ETH1] });
    expect(repairs.describe().total).toBe(2);
    pass([VIP], {}, { on: [VIP] });
    expect(told().map(({ repaired }) => repaired)).toEqual([true, true]);
  });

  it('is no VIP that shall go, nor silence that nobody needs', () => {
    pass([VIP], {}, { on: [VIP] });
    pass([], { on: [VIP] }, {}, [VIP]);
    pass([], { against: [IGNORE] }, { against: [IGNORE] });
    pass([VIP], { against: [IGNORE] }, { on: [VIP] });
    expect(repairs.describe().total).toBe(0);
  });

  it('is left alone as long as only other VIPs are looked at', () => {
    pass([VIP, OTHER], {}, { on: [VIP, OTHER] });
    pass([OTHER], { on: [OTHER] }, { on: [OTHER] });
    expect(repairs.describe().total).toBe(0);
    pass([VIP, OTHER], { on: [OTHER] }, { on: [VIP, OTHER] });
    expect(told()).toEqual([{ thing: `VIP ${VIP}`, count: 1, repaired: true }]);
  });
});

describe('what is undone before the pass is over', () => {
  it('is counted as often as it was made', () => {
    const made: Made = { ...NOTHING_MADE, vips: new Set([VIP]), locks: new Set(['silence']) };
    for (let time = 0; time < 3; time++) pass([VIP], { against: [IGNORE] }, { against: [IGNORE] }, [], made);
    expect(told()).toEqual([
      { thing: IGNORE.thing, count: 3, repaired: false },
      { thing: `VIP ${VIP}`, count: 3, repaired: false },
    ]);
    pass([VIP], { against: [IGNORE] }, { on: [VIP] }, [], made);
    expect(told().map(({ repaired }) => repaired)).toEqual([true, true]);
  });

  it('is also what the pass had not touched', () => {
    pass([VIP], {}, { on: [VIP] });
    pass([VIP], { on: [VIP] }, { against: [IGNORE] });
    expect(told().map(({ thing, count }) => [thing, count])).toEqual([
      [IGNORE.thing, 1],
      [`VIP ${VIP}`, 1],
    ]);
    pass([VIP], { against: [IGNORE] }, { on: [VIP] });
    expect(repairs.describe().total).toBe(2);
  });

  it('is waited for like all else that is undone again and again', () => {
    const made: Made = { ...NOTHING_MADE, vips: new Set([VIP]), locks: new Set(['guard']) };
    for (let time = 0; time < 6; time++) pass([VIP], { guarded: null }, { guarded: null }, [], made);
    expect(pass([VIP], { guarded: null }, { guarded: null })).toEqual({
      vips: [VIP],
      locks: ['guard'],
      unsteady: ['guard'],
    });
  });
});

describe('what was undone of the guard', () => {
  it('is the guard that was flushed or changed, and not the one of a process that ended', () => {
    pass([VIP], { guarded: null }, { on: [VIP] });
    expect(repairs.describe().total).toBe(0);
    pass([VIP], { on: [VIP], guarded: null }, { on: [VIP] });
    expect(repairs.describe().latest).toMatchObject([{ thing: GUARD, found: 'absent', repaired: true }]);
  });

  it('is a VIP that it covered and does not, and never one that is yet to come', () => {
    pass([VIP], {}, { on: [VIP] });
    pass([VIP, OTHER], { on: [VIP], guarded: [VIP] }, { on: [VIP, OTHER] });
    expect(repairs.describe().total).toBe(0);
    pass([VIP, OTHER], { on: [VIP, OTHER], guarded: [VIP] }, { on: [VIP, OTHER] });
    expect(repairs.describe().latest).toMatchObject([{ thing: GUARD, found: 'without 1 of the VIPs' }]);
  });

  it('is nothing of the settings, which a first IPv4 VIP asks for while the guard stands for others', () => {
    const needed = { silenceNeeded: false, guardNeeded: true };
    const ipv6 = { ...look([VIP], { on: [VIP], against: [IGNORE] }), ...needed };
    repairs.found(ipv6, now());
    repairs.left(ipv6, NOTHING_MADE, now());
    pass([VIP], { on: [VIP], against: [IGNORE] }, { on: [VIP] });
    expect(repairs.describe().total).toBe(0);
  });
});

describe('repairs', () => {
  const fight = () => pass([VIP], {}, { on: [VIP] });

  it('wait when the same is undone again and again, and may be tried after a pause', () => {
    fight();
    for (let time = 0; time < 5; time++) expect(fight()).toEqual(NOTHING_WAITS);
    expect(repairs.persisting(now())).toEqual([`VIP ${VIP}`]);
    expect(pass([VIP], {}, {})).toEqual({ ...NOTHING_WAITS, vips: [VIP] });
    seconds += 9;
    expect(pass([VIP], {}, {})).toEqual({ ...NOTHING_WAITS, vips: [VIP] });
    seconds += 1;
    expect(fight()).toEqual(NOTHING_WAITS);
    expect(repairs.describe().total).toBe(6);
  });

  it('of other things go on meanwhile', () => {
    pass([VIP, OTHER], {}, { on: [VIP, OTHER] });
    for (let time = 0; time < 6; time++) pass([VIP, OTHER], { on: [OTHER] }, { on: [VIP, OTHER] });
    expect(pass([VIP, OTHER], {}, { on: [OTHER] }).vips).toEqual([VIP]);
  });

  it('begin anew for a VIP that was released and is wanted again', () => {
    fight();
    for (let time = 0; time < 7; time++) fight();
    pass([], {}, {}, [VIP]);
    expect(pass([VIP], {}, { on: [VIP] })).toEqual(NOTHING_WAITS);
    expect(repairs.persisting(now())).toEqual([]);
  });

  it('of the file for the next boot wait for themselves, and keep no VIP away', () => {
    const kept = (...against: Deviation[]) => {
      const seen = look([VIP], { on: [VIP], against });
      return { ...seen, view: { ...seen.view, silence: { ...seen.view.silence, kept: false } } };
    };
    pass([VIP], {}, { on: [VIP] });
    for (let time = 0; time < 5; time++) {
      repairs.found(kept(), now());
      repairs.left(look([VIP], { on: [VIP] }), NOTHING_MADE, now());
    }
    const { locks, unsteady } = repairs.found(kept(IGNORE), now());
    expect([[...locks], [...unsteady]]).toEqual([['boot-settings'], []]);
    expect(repairs.persisting(now())).toEqual(['settings for the next boot']);
  });

  it.each<['silence' | 'guard', Seen]>([
    ['silence', { on: [VIP], against: [IGNORE] }],
    ['guard', { on: [VIP], guarded: null }],
  ])('of a lock (%s) wait as well, and it must stand for a while before a VIP may come', (lock, undone) => {
    const good = { on: [VIP] };
    pass([VIP], {}, good);
    for (let time = 0; time < 4; time++) expect(pass([VIP], undone, good)).toEqual(NOTHING_WAITS);
    expect(pass([VIP], undone, good)).toEqual({ vips: [], locks: [], unsteady: [lock] });
    expect(pass([VIP], undone, undone)).toEqual({ vips: [], locks: [lock], unsteady: [lock] });
    seconds += 10;
    expect(pass([VIP], undone, good)).toEqual({ vips: [], locks: [], unsteady: [lock] });
    seconds += 9;
    expect(pass([VIP], good, good).unsteady).toEqual([lock]);
    seconds += 1;
    expect(pass([VIP], good, good).unsteady).toEqual([]);
    expect(repairs.persisting(now())).toHaveLength(1);
  });
});
