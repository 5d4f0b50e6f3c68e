/** Text of any characters but halves of surrogate pairs, for property tests. */
import fc from 'fast-check';

const SURROGATES = { from: 0xd800, count: 0x800 } as const;
const LAST = 0x10ffff;

/** Fast-check's own `unit: 'binary'` makes the same, and first a map of all characters, which takes two seconds. */
const character = fc
  .nat(LAST - SURROGATES.count)
  .map((place) => String.fromCodePoint(place < SURROGATES.from ? place : place + SURROGATES.count));

export function anyText(constraints: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: character });
}
