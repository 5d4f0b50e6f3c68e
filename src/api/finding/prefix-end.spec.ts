import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareValues } from './compare-values.js';
import { prefixEnd } from './prefix-end.js';

const text = fc.string({ unit: 'binary', maxLength: 4 });
const isIn = (prefix: string, each: string): boolean => {
  const end = prefixEnd(prefix);
  const isBefore = end === null || compareValues('text', each, end) < 0;
  return compareValues('text', each, prefix) >= 0 && isBefore;
};

it('the texts from a prefix to its end are those that begin with it', () => {
  fc.assert(
    fc.property(text, text, (prefix, rest) => {
      expect(isIn(prefix, prefix + rest)).toBe(true);
      expect(isIn(prefix, rest)).toBe(rest.startsWith(prefix));
    }),
    {
      examples: [
        ['\ud7ff', '\ue000'],
        ['\u{10ffff}', '\u{10ffff}a'],
        ['a\u{10ffff}', 'b'],
        ['', 'a'],
      ],
    },
  );
});
