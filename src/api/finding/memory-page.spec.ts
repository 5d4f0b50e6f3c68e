import { describe, expect, it } from 'vitest';
import type { Listing } from './listed-field.js';
import { readListQuery } from './list-query.js';
import { memoryPage } from './memory-page.js';

const listing: Listing = {
  inMemory: true,
  fields: {
    number: { kind: 'integer', hidden: true },
    address: { kind: 'address' },
    weight: { kind: 'integer' },
    note: { kind: 'text', nullable: true },
  },
  key: 'number',
  order: [{ field: 'number', descending: false }],
  shown: ['address'],
};

const objects = [
  { number: 1, address: '192.0.2.10', weight: 5, note: null },
  { number: 2, address: '192.0.2.9', weight: 5, note: 'z' },
  { number: 3, address: '2001:db8::1', weight: 0, note: 'Z' },
  { number: 4, address: '9.9.9.9', weight: 7, note: '\u{1f6d2}' },
];

const page = (query: Record<string, string>) => memoryPage(listing, readListQuery(listing, query), objects);
const numbers = (query: Record<string, string>) => page(query).items.map(({ number }) => number);

describe('a page of objects in hand', () => {
  it('is in the order that is always there, unless another is asked for', () => {
    expect(numbers({})).toEqual([1, 2, 3, 4]);
    expect(numbers({ sort: '-weight' })).toEqual([4, 2, 1, 3]);
  });

  it('has addresses by their numbers, texts by code points, and what has no value first', () => {
    expect(numbers({ sort: 'address' })).toEqual([4, 2, 1, 3]);
    expect(numbers({ sort: 'note' })).toEqual([1, 3, 2, 4]);
  });

  it('goes on behind its cursor, also where that object is gone', () => {
    const { nextCursor } = page({ sort: 'weight', limit: '2' });
    const query = readListQuery(listing, { sort: 'weight', cursor: nextCursor ?? '' });
    expect(memoryPage(listing, query, objects.slice(1)).items.map(({ number }) => number)).toEqual([2, 4]);
  });

  it('counts what its filters leave', () => {
    expect(page({ weight: 'gt:0', total: 'true', limit: '1' })).toMatchObject({ total: 3 });
  });

  it('knows no filter and no order by what is hidden', () => {
    expect(() => page({ number: '1' })).toThrow();
    expect(() => page({ sort: 'number' })).toThrow();
  });
});
