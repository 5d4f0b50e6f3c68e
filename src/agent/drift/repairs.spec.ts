import { beforeEach, describe, expect, it } from 'vitest';
import type { Deviation, HostView } from '../plan/host-view.js';
import { Repairs, type Looked } from './repairs.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const IGNORE: Deviation = { thing: 'net.ipv4.conf.all.arp_ignore', found: '0', wanted: '1' };
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
}

function look(wanted: readonly string[], { on = [], against = [] }: Seen, gone: string[] = []): Looked {
  const addresses = on.map((address) => ({ address, prefixLength: 32 }));
  const lo = { name: 'lo', loopback: true, mac: null, up: true, mtu: 65_536, addresses };
  const silence = { inForce: against.length === 0, deviations: against, problems: [], kept: true };
  const guard = { standing: true, inForce: true, addresses: new Set(on), advice: '' };
  const view: HostView = { interfaces: [lo], gateways: [], silence, guard };
  return { wanted, gone, silenceNeeded: wanted.length > 0, view };
}

/** A pass that finds the one and leaves the other. */
function pass(wanted: string[], before: Seen, after: Seen, gone: string[] = []): string[] {
  const { heldBack } = repairs.found(look(wanted, before, gone), now());
  repairs.left(look(wanted, after, gone));
  return [...heldBack];
}

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

describe('repairs', () => {
  const fight = () => pass([VIP], {}, { on: [VIP] });

  it('are held back when the same is undone again and again, and may be tried after a pause', () => {
    fight();
    for (let time = 0; time < 5; time++) expect(fight()).toEqual([]);
    expect(repairs.persisting(now())).toEqual([`VIP ${VIP}`]);
    expect(pass([VIP], {}, {})).toEqual([`VIP ${VIP}`]);
    seconds += 9;
    expect(pass([VIP], {}, {})).toEqual([`VIP ${VIP}`]);
    seconds += 1;
    expect(fight()).toEqual([]);
    expect(repairs.describe().total).toBe(6);
  });

  it('of other things go on meanwhile', () => {
    pass([VIP, OTHER], {}, { on: [VIP, OTHER] });
    for (let time = 0; time < 6; time++) pass([VIP, OTHER], { on: [OTHER] }, { on: [VIP, OTHER] });
    expect(pass([VIP, OTHER], {}, { on: [OTHER] })).toEqual([`VIP ${VIP}`]);
  });

  it('begin anew for a VIP that was released and is wanted again', () => {
    fight();
    for (let time = 0; time < 7; time++) fight();
    pass([], {}, {}, [VIP]);
    expect(pass([VIP], {}, { on: [VIP] })).toEqual([]);
    expect(repairs.persisting(now())).toEqual([]);
  });
});
