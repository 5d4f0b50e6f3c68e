import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pause } from '../../../platform/pause.js';
import { Checker } from './checker.js';
import { ANSWERED, failed, type Outcome } from './outcome.js';
import type { ProbeCheck, ProbeTurn } from './probe-messages.js';

const question = { type: 'tcp', port: 80, intervalMs: 20, timeoutMs: 10, rise: 2, fall: 2 } as const;
const DOWN = failed('TimedOut', 'No connection within 10 ms.');
let checker: Checker;
/** With the questions until then. */
let turns: (ProbeTurn & { readonly after: number })[];
let asked: number[];
/** Who is being asked, and whether anybody was while he was. */
let underWay: Set<string>;
let twice: boolean;
/** What every server does. */
let outcome: Outcome;

function check(id: number, healthy: boolean | null = null): ProbeCheck {
  return { id, vip: `192.0.2.${id}`, from: '240.0.0.1', question, healthy };
}

function start(answerMs = 0): void {
  turns = [];
  asked = [];
  outcome = ANSWERED;
  twice = false;
  underWay = new Set();
  checker = new Checker(
    (told) => turns.push(...told.map((turn) => ({ ...turn, after: asked.length }))),
    async ({ host }) => {
      asked.push(Number(host.split('.')[3]));
      twice ||= underWay.has(host);
      underWay.add(host);
      await pause(answerMs);
      underWay.delete(host);
      return outcome;
    },
  );
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  checker.forget([1, 2]);
  vi.useRealTimers();
});

const after = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('a checker', () => {
  it('asks again and again, and tells turns alone', async () => {
    start();
    checker.put([check(1)]);
    await after(120);
    expect(asked.length).toBeGreaterThan(4);
    outcome = DOWN;
    await after(60);
    expect(turns.length).toBe(2);
    outcome = ANSWERED;
    await after(60);
    expect(turns.map(({ healthy }) => healthy)).toEqual([true, false, true]);
    expect(turns.map(({ reason }) => reason)).toEqual(['Answered', 'TimedOut', 'Answered']);
  });

  it('asks nobody twice at a time, and nobody that it shall forget', async () => {
    start(50);
    checker.put([check(1), check(2)]);
    await after(250);
    expect(asked.length).toBeGreaterThan(5);
    expect(twice).toBe(false);
    checker.forget([2]);
    await after(60);
    asked = [];
    await after(160);
    expect(asked.length).toBeGreaterThan(1);
    expect(new Set(asked)).toEqual(new Set([1]));
  });

  it('goes on from what was known, also when it is told anew', async () => {
    start();
    outcome = DOWN;
    checker.put([check(1, true)]);
    checker.put([check(1, true)]);
    // Two failures, for it counted as healthy before.
    await after(60);
    expect(turns).toMatchObject([{ id: 1, healthy: false, after: 2 }]);
  });

  it('asks a server that never answered sooner than at the next interval, and then no more', async () => {
    start();
    outcome = DOWN;
    const slow = { ...check(1), question: { ...question, intervalMs: 60_000 } };
    checker.put([slow, { ...slow, id: 2, vip: '192.0.2.2', healthy: true }]);
    await after(300);
    expect(asked.filter((host) => host === 1)).toHaveLength(2);
    outcome = ANSWERED;
    await after(30_000);
    expect(turns.map(({ healthy }) => healthy)).toEqual([false, true]);
    expect(asked.filter((host) => host === 2)).toEqual([2]);
  });

  it('tells that it cannot ask, and takes no server down for it', async () => {
    start();
    outcome = { kind: 'not-asked', message: 'too many open files' };
    checker.put([check(1, true)]);
    await after(60);
    expect(turns).toMatchObject([{ healthy: true, reason: 'CouldNotAsk' }]);
    await after(60);
    expect(turns.length).toBe(1);
  });

  it('takes no time-out for an answer while it was too busy to hear one', async () => {
    vi.useRealTimers();
    start(10);
    checker.put([check(1, true)]);
    await expect.poll(() => asked.length).toBeGreaterThan(1);
    outcome = DOWN;
    const busyUntil = performance.now() + 300;
    while (performance.now() < busyUntil) {
      await pause(1);
      const until = performance.now() + 50;
      while (performance.now() < until);
    }
    expect(turns.filter(({ healthy }) => healthy === false)).toEqual([]);
    // The control: what fails while nothing keeps it from hearing.
    await expect.poll(() => turns.at(-1)).toMatchObject({ healthy: false });
  });

  it('tells how it keeps up', async () => {
    start();
    checker.put([check(1)]);
    await after(80);
    expect(asked.length).toBeGreaterThan(2);
    const { asked: count, latestMs } = checker.takePace();
    expect(count).toBe(asked.length);
    expect(latestMs).toBeGreaterThanOrEqual(0);
    expect(checker.takePace().asked).toBe(0);
  });

  it('spreads the first questions of many', async () => {
    start();
    const many = Array.from({ length: 100 }, (_, index) => ({
      ...check(index),
      question: { ...question, intervalMs: 1_000 },
    }));
    // They come in pieces.
    for (let first = 0; first < 100; first += 20) checker.put(many.slice(first, first + 20), many.length);
    await after(12);
    expect(asked.length).toBeLessThan(60);
    await after(60);
    expect(asked.length).toBe(100);
    checker.forget(many.map(({ id }) => id));
  });
});
