import { describe, expect, it } from 'vitest';
import { waitBeforeLook } from './look-pace.js';

describe('the pace of looks', () => {
  it('waits a moment for the rest of a bunch of events', () => {
    expect(waitBeforeLook(Number.POSITIVE_INFINITY, 0)).toBe(50);
    expect(waitBeforeLook(60_000, 5_000)).toBe(50);
  });

  it('spends no more than a tenth of the time with looking', () => {
    expect(waitBeforeLook(0, 50)).toBe(450);
    expect(waitBeforeLook(300, 50)).toBe(150);
  });

  it('looks five times a second at most, however fast a look is', () => {
    expect(waitBeforeLook(0, 1)).toBe(200);
  });

  it('never waits so long that two seconds were not enough for the repair', () => {
    expect(waitBeforeLook(0, 3_000)).toBe(600);
  });
});
