import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementDifference } from './element-difference.js';
import type { Element } from './layout.js';
import { transactionText } from './transaction-text.js';

const element = fc.record({
  map: fc.constantFrom<Element['map']>('slots', 'services4', 'takers'),
  key: fc.integer({ min: 0, max: 20 }).map(String),
  value: fc.integer({ min: 0, max: 3 }).map(String),
});
const elements = fc.uniqueArray(element, { maxLength: 30, selector: ({ map, key }) => `${map} ${key}` });

function texts(all: readonly Element[]): readonly string[] {
  return all.map(({ map, key, value }) => `${map} ${key} ${value}`).sort();
}

describe('the difference of two sets of elements', () => {
  it('turns the one into the other, and touches nothing that is in both', () => {
    fc.assert(
      fc.property(elements, elements, (before, after) => {
        const { deleted, added } = elementDifference(before, after);
        const kept = before.filter((each) => !deleted.includes(each));
        expect(texts([...kept, ...added])).toEqual(texts(after));
        expect(deleted.length + kept.length).toBe(before.length);
        expect(texts(kept).filter((text) => !texts(after).includes(text))).toEqual([]);
      }),
    );
  });

  it('is empty between equals, whatever their order, and makes an empty transaction', () => {
    fc.assert(
      fc.property(elements, (all) => {
        expect(transactionText([elementDifference(all, all.toReversed())])).toBe('');
      }),
    );
  });
});

describe('a transaction', () => {
  it('deletes before it adds, one statement for each map, and names no value in a deletion', () => {
    const slots = (value: string): Element => ({ map: 'slots', key: '1 . 0', value });
    const drained: Element = { map: 'takers', key: '11', value: '' };
    const differences = [
      elementDifference([slots('11')], [slots('12'), drained]),
      elementDifference([], [{ map: 'slots', key: '2 . 0', value: '21' }]),
    ];
    expect(transactionText(differences)).toBe(
      [
        'delete element netdev homeward slots { 1 . 0 }',
        'add element netdev homeward slots { 1 . 0 : 12, 2 . 0 : 21 }',
        'add element netdev homeward takers { 11 }',
        '',
      ].join('\n'),
    );
  });
});
