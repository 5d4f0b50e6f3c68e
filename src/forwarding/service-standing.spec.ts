import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesAt, effectiveServers } from './effective-service.js';
import { NO_STANDING, standingAfter, type CheckedService, type Standing } from './service-standing.js';

const healthCheck = { type: 'tcp', port: 80, intervalMs: 1_000, timeoutMs: 500, rise: 2, fall: 3 } as const;
/** What dies together falls within this. */
const WINDOW_MS = 1_800;

interface Wishes extends Omit<CheckedService, 'servers' | 'healthCheck'> {
  readonly primaries: number;
  readonly backups?: number;
}

function service({ primaries, backups = 0, ...rest }: Wishes): CheckedService {
  const numbers = Array.from({ length: primaries + backups }, (_, index) => index + 1);
  const servers = numbers.map((number) => ({ number, address: `192.0.2.${number}`, weight: 1_000 }));
  const joined = servers.map((each) => (each.number > primaries ? { ...each, backup: true as const } : each));
  return { servers: joined, healthCheck, ...rest };
}

/** A service that lives through turns of its servers. */
class Life {
  now = 0;
  standing: Standing = NO_STANDING;
  private readonly health = new Map<number, boolean | null>();

  constructor(
    readonly of: CheckedService,
    first: boolean | null = true,
  ) {
    this.turn(
      0,
      of.servers.map(({ number }) => number),
      first,
    );
  }

  turn(atMs: number, numbers: readonly number[], healthy: boolean | null): this {
    for (const number of numbers) this.health.set(number, healthy);
    return this.look(atMs);
  }

  look(atMs: number): this {
    this.now = atMs;
    const healthOf = (number: number) => this.health.get(number) ?? null;
    this.standing = standingAfter(this.standing, this.of, healthOf, this.now);
    return this;
  }

  /** Weights by number, of those that get packets. */
  weights(blind = false): Record<number, number> {
    const servers = effectiveServers(this.of, this.standing, { now: this.now, blind });
    return Object.fromEntries(servers.map(({ number, weight }) => [number, weight]));
  }

  used(): number[] {
    return Object.keys(this.weights()).map(Number);
  }
}

describe('a server', () => {
  it('gets nothing before it is known to be healthy, unless nobody can check', () => {
    const life = new Life(service({ primaries: 2 }), null);
    expect(life.used()).toEqual([]);
    expect(life.weights(true)).toEqual({ 1: 1_000, 2: 1_000 });
    expect(life.turn(1, [1], true).used()).toEqual([1]);
  });

  it('that falls leaves altogether, also where it drains, and comes back with its rise', () => {
    const draining = service({ primaries: 3 });
    const servers = draining.servers.map((each) => (each.number === 3 ? { ...each, weight: 0 } : each));
    const life = new Life({ ...draining, servers });
    expect(life.weights()).toEqual({ 1: 1_000, 2: 1_000, 3: 0 });
    expect(life.turn(1, [3], false).used()).toEqual([1, 2]);
    expect(life.turn(2, [1], false).used()).toEqual([2]);
    expect(life.turn(3, [1, 3], true).used()).toEqual([1, 2, 3]);
  });

  it('keeps the very entry of its document where nothing is different', () => {
    const of = service({ primaries: 3, slowStartMs: 1_000 });
    const life = new Life(of);
    expect(effectiveServers(of, life.standing, { now: 0, blind: false })).toEqual(of.servers);
  });
});

describe('the panic guard', () => {
  it('keeps all where more than half fall within one interval, until enough rise again', () => {
    const life = new Life(service({ primaries: 5 }));
    expect(life.turn(100, [1], false).used()).toEqual([2, 3, 4, 5]);
    expect(life.turn(200, [2], false).used()).toEqual([3, 4, 5]);
    expect(life.turn(300, [3], false).used()).toEqual([1, 2, 3, 4, 5]);
    expect(life.turn(60_000, [4], false).used()).toEqual([1, 2, 3, 4, 5]);
    expect(life.turn(70_000, [1], true).used()).toEqual([1, 2, 3, 4, 5]);
    expect(life.turn(80_000, [2], true).used()).toEqual([1, 2, 5]);
    expect(life.standing.kept.size).toBe(0);
  });

  it('does nothing about servers that fall one by one', () => {
    const life = new Life(service({ primaries: 5 }));
    for (const number of [1, 2, 3, 4, 5]) life.turn(number * WINDOW_MS, [number], false);
    expect(life.used()).toEqual([]);
    expect(life.standing.kept.size).toBe(0);
  });

  it('brings back nobody who was out before', () => {
    const life = new Life(service({ primaries: 5 })).turn(100, [1], false);
    expect(life.turn(60_000, [2, 3, 4], false).used()).toEqual([2, 3, 4, 5]);
  });

  it('does not take servers that never were healthy for fallen ones', () => {
    const life = new Life(service({ primaries: 3 }), null).turn(1, [1, 2, 3], false);
    expect(life.used()).toEqual([]);
  });

  it('gives way to a backup that answers', () => {
    const life = new Life(service({ primaries: 2, backups: 1 })).turn(100, [1, 2], false);
    expect(life.weights()).toEqual({ 3: 1_000 });
    expect(life.turn(200, [3], false).used()).toEqual([1, 2, 3]);
  });

  it('counts no backup that was down already, for it could not have stepped in', () => {
    const life = new Life(service({ primaries: 2, backups: 3 })).turn(100, [3, 4, 5], false);
    expect(life.used()).toEqual([1, 2]);
    expect(life.turn(60_000, [1, 2], false).used()).toEqual([1, 2]);
    // One of the backups is back, and takes over.
    expect(life.turn(90_000, [4], true).used()).toEqual([4]);
  });

  it('is not put off by backups that were to step in for the first that fell, and are down', () => {
    const of = service({ primaries: 2, backups: 3, minHealthy: 2 });
    const life = new Life(of).turn(100, [3, 4, 5], false).turn(60_000, [1], false);
    expect(life.used()).toEqual([2]);
    expect(life.turn(60_100, [2], false).used()).toEqual([1, 2]);
  });

  it('keeps those that drain too, whose flows go the same way', () => {
    const of = service({ primaries: 3 });
    const servers = of.servers.map((each) => (each.number === 3 ? { ...each, weight: 0 } : each));
    const life = new Life({ ...of, servers }).turn(100, [1, 2, 3], false);
    expect(life.weights()).toEqual({ 1: 1_000, 2: 1_000, 3: 0 });
  });

  it('holds for a service with one server', () => {
    expect(new Life(service({ primaries: 1 })).turn(100, [1], false).used()).toEqual([1]);
  });

  it('never leaves more than half out that fell at once, and never keeps anybody beside', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 8 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), numbers, (primaries, drawn) => {
        const falling = drawn.filter((number) => number <= primaries);
        const life = new Life(service({ primaries })).turn(100, falling, false);
        const panics = falling.length * 2 > primaries;
        expect(life.used()).toHaveLength(panics ? primaries : primaries - falling.length);
      }),
    );
  });
});

describe('a slow start', () => {
  const of = service({ primaries: 2, slowStartMs: 10_000 });

  it('raises the weight step by step after a rise, and says when the next step is', () => {
    const life = new Life(of).turn(100, [1], false).turn(5_000, [1], true);
    expect(life.weights()).toEqual({ 1: 1_000, 2: 10_000 });
    expect(changesAt(of, life.standing, 5_000)).toBe(6_000);
    expect(life.look(8_100).weights()).toEqual({ 1: 4_000, 2: 10_000 });
    expect(changesAt(of, life.standing, 8_100)).toBe(9_000);
    expect(life.look(13_999).weights()).toEqual({ 1: 9_000, 2: 10_000 });
    expect(life.look(14_000).weights()).toEqual({ 1: 1_000, 2: 1_000 });
    life.look(15_000);
    expect(changesAt(of, life.standing, 15_000)).toBeUndefined();
  });

  it('spares nobody where there is none to take the load instead, whoever is asked first', () => {
    const life = new Life(of, null).turn(100, [1], true);
    expect(life.weights()).toEqual({ 1: 1_000 });
    expect(life.turn(600, [2], true).weights()).toEqual({ 1: 1_000, 2: 1_000 });
    expect(life.look(7_000).weights()).toEqual({ 1: 1_000, 2: 1_000 });
  });

  it('goes on from where each one is', () => {
    const life = new Life(of, null).turn(0, [1], true).turn(3_000, [2], true);
    expect(life.weights()).toEqual({ 1: 4_000, 2: 1_000 });
  });

  it('does not take a server back that the panic guard had kept', () => {
    const three = service({ primaries: 3, slowStartMs: 10_000 });
    const life = new Life(three).turn(100, [1, 2], false).turn(200, [1], true);
    expect(life.weights()).toEqual({ 1: 1_000, 3: 1_000 });
  });
});

describe('backups', () => {
  const of = service({ primaries: 3, backups: 1, minHealthy: 2 });

  it('take no new flows while enough others are healthy, and join when they are not', () => {
    const life = new Life(of);
    expect(life.weights()[4]).toBe(0);
    expect(life.turn(100, [1], false).weights()[4]).toBe(0);
    expect(life.turn(10_000, [2], false).weights()).toEqual({ 3: 1_000, 4: 1_000 });
  });

  it('leave when enough others have been healthy for a while', () => {
    const life = new Life(of).turn(100, [1], false).turn(10_000, [2], false).turn(20_000, [1], true);
    expect(life.weights()[4]).toBe(1_000);
    expect(changesAt(of, life.standing, 20_000)).toBe(22_000);
    life.turn(21_000, [1], false).turn(21_500, [1], true);
    expect(life.look(22_000).weights()[4]).toBe(1_000);
    expect(life.look(23_500).weights()[4]).toBe(0);
  });

  it('wait for what is not known yet', () => {
    const life = new Life(of, null).turn(10, [4], true);
    expect(life.weights()).toEqual({ 4: 0 });
  });
});
