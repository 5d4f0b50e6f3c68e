import { beforeEach, describe, expect, it } from 'vitest';
import { Doubts } from './doubts.js';

let doubts: Doubts;
const touched = { rules: false, places: ['slots 1 . 3'] };

beforeEach(() => (doubts = new Doubts()));

describe('what is in doubt', () => {
  it('is everything at first, and then what was touched', () => {
    expect(doubts.take()).toMatchObject({ all: true });
    doubts.dispel();
    doubts.add(['slots'], touched);
    expect(doubts.take()).toEqual({
      all: false,
      rules: false,
      maps: new Set(['slots']),
      places: new Set(['slots 1 . 3']),
    });
    doubts.dispel();
    expect(doubts.take()).toMatchObject({ all: false, places: new Set() });
  });

  it('is everything again where bringing ended half-way, and still what was touched', () => {
    doubts.take();
    doubts.dispel();
    doubts.add(['slots'], touched);
    doubts.take();
    expect(doubts.take()).toMatchObject({ all: true, places: new Set(['slots 1 . 3']) });
    doubts.dispel();
    doubts.begin();
    expect(doubts.take()).toMatchObject({ all: true });
  });

  it('loses nothing that came while something was brought', () => {
    doubts.take();
    doubts.add(['takers'], { rules: true, places: 'all' });
    doubts.dispel();
    doubts.begin();
    doubts.add(['slots'], touched);
    doubts.settle();
    expect(doubts.take()).toMatchObject({
      all: false,
      rules: true,
      maps: new Set(['takers', 'slots']),
      places: 'all',
    });
  });
});
