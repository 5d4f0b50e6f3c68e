import { describe, expect, it } from 'vitest';
import type { ElementDifference } from './element-difference.js';
import { separateText, transactionText } from './transaction-text.js';

const one: ElementDifference = {
  deleted: [{ map: 'services4', key: 'a', value: '1' }],
  added: [
    { map: 'services4', key: 'b', value: '1' },
    { map: 'slots', key: '1 . 0', value: '11' },
  ],
};
const two: ElementDifference = { deleted: [], added: [{ map: 'services4', key: 'a', value: '2' }] };

describe('the text of a transaction', () => {
  it('deletes first, and has one statement for each map', () => {
    expect(transactionText([one, two])).toBe(
      'delete element netdev homeward services4 { a }\n' +
        'add element netdev homeward services4 { b : 1, a : 2 }\n' +
        'add element netdev homeward slots { 1 . 0 : 11 }\n',
    );
  });

  it('can tell of each line whose it is', () => {
    const { text, owners } = separateText([one, two]);
    expect(text.trim().split('\n')).toEqual([
      'delete element netdev homeward services4 { a }',
      'add element netdev homeward services4 { b : 1 }',
      'add element netdev homeward slots { 1 . 0 : 11 }',
      'add element netdev homeward services4 { a : 2 }',
    ]);
    expect(owners).toEqual([0, 0, 0, 1]);
  });
});
