import { expect, it } from 'vitest';
import { columnsText } from './columns.js';

const COLUMNS = [
  { header: 'NAME', cell: ({ name }: { readonly name: string }) => name },
  { header: 'LENGTH', cell: ({ name }: { readonly name: string }) => String(name.length) },
];

it('makes every column as wide as its widest cell, also where characters are two wide', () => {
  const text = columnsText(COLUMNS, [{ name: 'shop' }, { name: '商店' }, { name: 'a' }], '');
  expect(text).toBe(['NAME  LENGTH', 'shop  4', '商店  2', 'a     1', ''].join('\n'));
});

it('says so where there is nothing', () => {
  expect(columnsText(COLUMNS, [], 'There are none.')).toBe('There are none.\n');
});

it('lets no name move the cursor, hide text or break a row', () => {
  const text = columnsText(COLUMNS, [{ name: 'a\u001b[2Jb\nc\u202e' }], '');
  expect(text.split('\n')).toHaveLength(3);
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u202e');
});
