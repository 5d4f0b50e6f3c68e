import { describe, expect, it } from 'vitest';
import { fitting } from './page.js';

const size = (row: number) => row;

describe('the rows that fit a page', () => {
  it('are all of them while they are small', () => {
    expect(fitting([1, 2, 3], size, 6)).toEqual([1, 2, 3]);
  });

  it('end before the one that is too much', () => {
    expect(fitting([1, 2, 3], size, 5)).toEqual([1, 2]);
  });

  it('are one at least, or the list would never go on', () => {
    expect(fitting([9, 1], size, 5)).toEqual([9]);
  });
});
