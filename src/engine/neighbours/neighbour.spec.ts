import { describe, expect, it } from 'vitest';
import { answered, asked, isSilent, tellOf, UNKNOWN_NEIGHBOUR, type Neighbour } from './neighbour.js';

const OLD = '02:00:00:00:00:b1';
const NEW = '02:00:00:00:00:c1';
const known: Neighbour = { mac: OLD, unanswered: 0 };
const times = (count: number, neighbour: Neighbour): Neighbour =>
  Array.from({ length: count }).reduce<Neighbour>((before) => asked(before), neighbour);
const reasonOf = (neighbour: Neighbour, now = 0) => tellOf('192.0.2.11', neighbour, now)?.reason;

describe('a neighbour', () => {
  it('is nothing to be told of before it could answer, and while it does', () => {
    expect(reasonOf(asked(UNKNOWN_NEIGHBOUR))).toBeUndefined();
    expect(reasonOf(answered(asked(UNKNOWN_NEIGHBOUR), OLD, 0))).toBeUndefined();
    expect(reasonOf(times(1, known))).toBeUndefined();
  });

  it('is told not to be heard after some questions in a row, with what it was heard by', () => {
    expect(reasonOf(times(3, known))).toBeUndefined();
    expect(tellOf('192.0.2.11', times(4, known), 0)).toMatchObject({ reason: 'NotHeard', mac: OLD });
    expect(tellOf('192.0.2.11', times(4, UNKNOWN_NEIGHBOUR), 0)).toMatchObject({
      reason: 'NotHeard',
      mac: null,
    });
    expect(reasonOf(answered(times(9, known), OLD, 0))).toBeUndefined();
  });

  it('is believed to be another machine only when the former one does not answer', () => {
    expect(answered(known, NEW, 5).mac).toBe(OLD);
    expect(answered(asked(known), NEW, 5).mac).toBe(OLD);
    const silent = times(2, known);
    expect([isSilent(asked(known)), isSilent(silent)]).toEqual([false, true]);
    expect(answered(silent, NEW, 5)).toEqual({ mac: NEW, unanswered: 0, moved: { at: 5, from: OLD } });
  });

  it('is told to have a new Ethernet address for a minute, also while it answers by it', () => {
    const moved = answered(asked(answered(times(2, known), NEW, 5)), NEW, 1_000);
    expect(tellOf('192.0.2.11', moved, 1_000)).toMatchObject({ reason: 'NewMac', mac: NEW });
    expect(tellOf('192.0.2.11', moved, 1_000)?.message).toContain(OLD);
    expect(reasonOf(moved, 60_006)).toBeUndefined();
  });
});
