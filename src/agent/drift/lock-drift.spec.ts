import { beforeEach, describe, expect, it } from 'vitest';
import type { Deviation } from '../../link/drift/deviation.js';
import { LockDrift } from './lock-drift.js';

const thing = (name: string): Deviation => ({ thing: name, found: '0', wanted: '1' });
const IGNORE = thing('arp_ignore');
const ANNOUNCE = thing('arp_announce');
const CARD = thing('a card');
const GOOD: Deviation[] = [];
const FIRST_PAUSE_MS = 10_000;

let drift: LockDrift;
let now: number;

beforeEach(() => {
  drift = new LockDrift();
  now = 0;
  pass(GOOD, GOOD);
});

/** @returns whether the pass left the lock alone. */
function pass(before: readonly Deviation[], after: readonly Deviation[]): boolean {
  drift.found({ wrong: before, whole: true }, now);
  const waits = drift.waits(now);
  drift.left({ wrong: after, whole: true }, false, now);
  return waits;
}

/** Somebody undoes it until it is left alone. */
function fightOver(undone: Deviation, always: readonly Deviation[] = []): void {
  for (let time = 0; time < 5; time++) expect(pass([undone, ...always], always)).toBe(false);
  expect(pass([undone, ...always], [undone, ...always])).toBe(true);
}

describe('a lock of which one thing is fought over', () => {
  it('is made anew when another thing of it is undone', () => {
    fightOver(IGNORE);
    expect(pass([IGNORE, ANNOUNCE], GOOD)).toBe(false);
  });

  it('is left alone again when that is fought over as well', () => {
    fightOver(IGNORE);
    for (let time = 0; time < 5; time++) expect(pass([IGNORE, ANNOUNCE], [IGNORE])).toBe(false);
    expect(pass([IGNORE, ANNOUNCE], [IGNORE, ANNOUNCE])).toBe(true);
    now += FIRST_PAUSE_MS;
    expect(pass([IGNORE, ANNOUNCE], GOOD)).toBe(false);
  });

  it('is made anew when the pause of one is over, although the other one waits longer', () => {
    fightOver(IGNORE);
    now += FIRST_PAUSE_MS / 2;
    fightOver(ANNOUNCE, [IGNORE]);
    now += FIRST_PAUSE_MS / 2;
    expect(pass([IGNORE, ANNOUNCE], GOOD)).toBe(false);
  });

  it('is no matter of what making it anew does not help', () => {
    pass([CARD], [CARD]);
    fightOver(IGNORE, [CARD]);
    expect(pass([IGNORE, CARD], [IGNORE, CARD])).toBe(true);
  });
});

describe('a look at a part of it', () => {
  const part = (...wrong: Deviation[]) => ({ wrong, whole: false });

  it('says neither that what is wrong is good, nor that it was undone anew', () => {
    pass([IGNORE], [IGNORE]);
    expect(drift.found(part(), now)).toEqual([]);
    expect(drift.left(part(), false, now)).toEqual([]);
    expect(drift.madeGood()).toEqual([]);
    expect(drift.found({ wrong: [IGNORE], whole: true }, now)).toEqual([]);
    pass(GOOD, GOOD);
    expect(drift.madeGood()).toEqual([IGNORE.thing]);
  });

  it('says what was undone there', () => {
    expect(drift.found(part(IGNORE), now)).toEqual([IGNORE]);
  });
});
