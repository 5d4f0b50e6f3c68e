import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.js';

describe('the backoff', () => {
  it('tries again soon, then waits longer and longer, at most 5 s', () => {
    const longest = new Backoff(() => 1);
    expect(Array.from({ length: 8 }, () => longest.next())).toEqual([
      200, 400, 800, 1600, 3200, 5000, 5000, 5000,
    ]);
  });

  it('spreads the first attempts of many nodes that lost the same connection', () => {
    const waits = [0, 0.25, 0.5, 0.75].map((chance) => new Backoff(() => chance).next());
    expect(waits).toEqual([0, 50, 100, 150]);
  });

  it('never waits less than 0.2 s after the first time, and not all nodes the same', () => {
    const shortest = new Backoff(() => 0);
    shortest.next();
    expect(shortest.next()).toBe(200);
    const half = new Backoff(() => 0.5);
    half.next();
    expect(half.next()).toBe(300);
  });

  it('begins anew after a connection that held, but not after one that only just worked', () => {
    const backoff = new Backoff(() => 1);
    backoff.next();
    backoff.lived(100);
    expect(backoff.next()).toBe(400);
    backoff.lived(5_000);
    expect(backoff.next()).toBe(200);
  });
});
