import { describe, expect, it } from 'vitest';
import type { Judgement } from './judge-answers.js';
import { afterTry, pauseAfter, UNTRIED, type Standing } from './standing.js';

const GOOD: Judgement = { counts: 'for', verdict: { status: 'True', reason: 'Answered', message: '' } };
const BAD: Judgement = { counts: 'against', verdict: { status: 'False', reason: 'Refused', message: '' } };
const NONE: Judgement = {
  counts: 'nothing',
  verdict: { status: 'Unknown', reason: 'CouldNotAsk', message: '' },
};
const REGULAR_MS = 10_000;

const after = (...tries: readonly Judgement[]): Standing => tries.reduce(afterTry, UNTRIED);

describe('a service', () => {
  it('is ready after one answer', () => {
    expect(after(GOOD)).toMatchObject({ ready: true, verdict: { status: 'True' } });
    expect(after(BAD, BAD, BAD, BAD, GOOD)).toMatchObject({ ready: true, strikes: 0 });
  });

  it('stays ready over two failures in a row, and is out with the third', () => {
    expect(after(GOOD, BAD, BAD)).toMatchObject({ ready: true, verdict: { status: 'True' } });
    expect(after(GOOD, BAD, BAD, BAD)).toMatchObject({ ready: false, verdict: { reason: 'Refused' } });
    expect(after(GOOD, BAD, BAD, GOOD, BAD, BAD)).toMatchObject({ ready: true });
  });

  it('is neither ready nor not before it answered or failed three times', () => {
    expect(after()).toMatchObject({ ready: null, verdict: { reason: 'NotProbed' } });
    expect(after(BAD, BAD)).toMatchObject({ ready: null });
    expect(after(BAD, BAD, BAD)).toMatchObject({ ready: false });
  });

  it('is neither let in nor put out by questions that could not be asked, and says so after three', () => {
    const tries = (count: number) => Array.from({ length: count }, () => NONE);
    expect(after(GOOD, ...tries(2))).toMatchObject({ ready: true, verdict: { reason: 'Answered' } });
    expect(after(GOOD, ...tries(3))).toMatchObject({ ready: true, verdict: { reason: 'CouldNotAsk' } });
    expect(after(GOOD, ...tries(100))).toMatchObject({ ready: true, verdict: { reason: 'CouldNotAsk' } });
    expect(after(GOOD, ...tries(2), GOOD, ...tries(2))).toMatchObject({ verdict: { reason: 'Answered' } });
    expect(after(BAD, BAD, BAD, ...tries(3))).toMatchObject({ ready: false, verdict: NONE.verdict });
    expect(after(NONE)).toMatchObject({ ready: null, verdict: { reason: 'CouldNotAsk' } });
  });
});

describe('the next question', () => {
  it.each([
    ['of one that is well comes in turn', [GOOD], REGULAR_MS],
    ['after a strike comes soon', [GOOD, BAD], 2_000],
    ['of one that does not answer yet comes at once, and then more slowly', [BAD], 250],
    ['after the second failure', [BAD, BAD], 500],
    ['after the fifth', [BAD, BAD, BAD, BAD, BAD], 4_000],
    ['never comes later than in turn', Array.from({ length: 40 }, () => BAD), REGULAR_MS],
    ['after one that could not be asked', [NONE], 2_000],
    ['of one that is well and could not be asked comes soon', [GOOD, NONE, NONE], 2_000],
    ['of one that cannot be asked at all comes in turn', [GOOD, NONE, NONE, NONE], REGULAR_MS],
  ] as const)('%s', (_, tries, pauseMs) => {
    expect(pauseAfter(after(...tries), REGULAR_MS)).toBe(pauseMs);
  });
});
