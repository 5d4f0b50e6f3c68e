import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judged, stateFrom, type CheckState } from './judge-check.js';
import { ANSWERED, failed, type Outcome } from './outcome.js';

const LIMITS = { rise: 2, fall: 3 };
const FAILED = failed('TimedOut', '');
const NOT_ASKED: Outcome = { kind: 'not-asked', message: '' };

function after(outcomes: readonly Outcome[], healthy: boolean | null): CheckState {
  return outcomes.reduce((state, outcome) => judged(state, outcome, LIMITS), stateFrom(healthy));
}

describe('a check', () => {
  it('falls after so many failures in a row', () => {
    expect(after([FAILED, FAILED], true).healthy).toBe(true);
    expect(after([FAILED, FAILED, FAILED], true).healthy).toBe(false);
    expect(after([FAILED, FAILED, ANSWERED, FAILED, FAILED], true).healthy).toBe(true);
  });

  it('rises after so many answers in a row', () => {
    const fallen = [FAILED, FAILED, FAILED];
    expect(after([...fallen, ANSWERED], true).healthy).toBe(false);
    expect(after([...fallen, ANSWERED, FAILED, ANSWERED], true).healthy).toBe(false);
    expect(after([...fallen, ANSWERED, ANSWERED], true).healthy).toBe(true);
  });

  it('of a server that was never healthy takes the first answer for enough', () => {
    expect(after([], null).healthy).toBeNull();
    expect(after([ANSWERED], null).healthy).toBe(true);
    expect(after([FAILED], null).healthy).toBe(false);
    expect(after([FAILED, FAILED, ANSWERED], null).healthy).toBe(true);
  });

  it('learns nothing from what could not be asked', () => {
    const outcome = fc.constantFrom<Outcome>(ANSWERED, FAILED, NOT_ASKED);
    fc.assert(
      fc.property(fc.array(outcome), fc.constantFrom(true, false, null), (outcomes, healthy) => {
        const asked = outcomes.filter(({ kind }) => kind !== 'not-asked');
        expect(after(outcomes, healthy)).toEqual(after(asked, healthy));
      }),
    );
  });

  it('turns only against a run of outcomes that is long enough', () => {
    const outcome = fc.constantFrom<Outcome>(ANSWERED, FAILED);
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1 }), (outcomes) => {
        const before = after(outcomes.slice(0, -1), true);
        const now = after(outcomes, true);
        if (now.healthy === before.healthy) return;
        const run = outcomes.slice(now.healthy === true ? -LIMITS.rise : -LIMITS.fall);
        expect(new Set(run.map(({ kind }) => kind)).size).toBe(1);
        expect(run).toHaveLength(now.healthy === true ? LIMITS.rise : LIMITS.fall);
      }),
    );
  });
});
