import { beforeEach, describe, expect, it } from 'vitest';
import { RepairLimiter } from './repair-limiter.js';

const THING = 'VIP 192.0.2.200';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let limiter: RepairLimiter;
let now: number;

beforeEach(() => {
  limiter = new RepairLimiter();
  now = 1_000 * MINUTE;
});

const persists = (): boolean => limiter.persisting(now).includes(THING);

/** Undone as soon as it may be repaired, so often. @returns how long each repair had to wait. */
function fight(times: number, everyMs = 100): number[] {
  return Array.from({ length: times }, () => {
    now += everyMs;
    limiter.undone(THING, now);
    const since = now;
    while (!limiter.mayRepair(THING, now)) now += SECOND;
    return now - since;
  });
}

describe('the limiter of repairs', () => {
  it('lets five repairs within a minute happen at once, and none of them says that the thing persists', () => {
    expect(fight(4)).toEqual([0, 0, 0, 0]);
    expect(persists()).toBe(false);
    expect(fight(1)).toEqual([0]);
    expect(persists()).toBe(true);
    expect(limiter.persisting(now)).toEqual([THING]);
  });

  it('makes every further repair wait twice as long, up to five minutes', () => {
    fight(5);
    expect(fight(7).map((ms) => ms / SECOND)).toEqual([10, 20, 40, 80, 160, 300, 300]);
  });

  it('never minds what comes less often than five times a minute', () => {
    expect(new Set(fight(100, 16 * SECOND))).toEqual(new Set([0]));
    expect(limiter.persisting(now)).toEqual([]);
  });

  it('begins anew once the thing stood for a minute', () => {
    fight(5);
    now += MINUTE - 1;
    expect(persists()).toBe(true);
    now += 1;
    expect(persists()).toBe(false);
    expect(fight(5)).toEqual([0, 0, 0, 0, 0]);
  });

  it('wants to see it stand longer where the pauses were longer', () => {
    fight(10);
    now += 2 * MINUTE;
    expect(persists()).toBe(true);
    now += 3 * MINUTE;
    expect(persists()).toBe(false);
  });

  it('does not take the wait for a repair as a time in which the thing stood', () => {
    fight(10);
    limiter.undone(THING, now);
    now += 299 * SECOND;
    expect(limiter.mayRepair(THING, now)).toBe(false);
    expect(limiter.persisting(now)).toEqual([THING]);
    expect(limiter.quietMs(THING, now)).toBeLessThan(0);
  });

  it('keeps things apart, and forgets what nobody wants any more', () => {
    fight(6);
    limiter.undone(THING, now);
    expect(limiter.mayRepair('VIP 192.0.2.201', now)).toBe(true);
    expect(limiter.mayRepair(THING, now)).toBe(false);
    limiter.forget(THING);
    expect(limiter.mayRepair(THING, now)).toBe(true);
    expect(limiter.quietMs(THING, now)).toBe(Number.POSITIVE_INFINITY);
  });
});
