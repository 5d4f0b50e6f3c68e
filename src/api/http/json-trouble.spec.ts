import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { turnsOfOthers } from '../../platform/turns-of-others.fake.js';
import { findJsonTroubles } from './json-trouble.js';

async function troublesOf(text: string): Promise<readonly string[]> {
  return (await findJsonTroubles(text)).map(({ code, field }) => `${code} ${field}`);
}

describe('JSON text', () => {
  it('without trouble has none, whatever it holds', async () => {
    const plain = fc
      .json({ stringUnit: 'grapheme' })
      .filter((text) => !text.includes('\\u') && !/\d{15}|e/.test(text));
    await fc.assert(
      fc.asyncProperty(plain, async (text) => {
        expect((await troublesOf(text)).filter((trouble) => !trouble.startsWith('unknown-field'))).toEqual(
          [],
        );
      }),
    );
  });

  it('is named by pointers that escape what pointers give a meaning', async () => {
    expect(await troublesOf('{"a/b":{"c~d":[1,{"x":1,"x":2}]}}')).toEqual(['duplicate-key /a~1b/c~0d/1/x']);
  });

  it('may repeat a key in another object, and text that looks like syntax', async () => {
    expect(await troublesOf('{"a":[{"k":1},{"k":2}],"b":"{\\"k\\":1,\\"k\\":[","k":"\\\\"}')).toEqual([]);
  });

  it('may hold pairs of surrogates, but no half of one', async () => {
    expect(await troublesOf('{"a":"\\ud83d\\ude00","b":"\\ude00\\ud83d"}')).toEqual(['text-not-storable /b']);
  });

  it('may nest 32 levels, and no more', async () => {
    expect(await troublesOf('['.repeat(32) + ']'.repeat(32))).toEqual([]);
    expect(await troublesOf('['.repeat(33) + ']'.repeat(33))).toEqual([`too-deep ${'/0'.repeat(32)}`]);
  });

  it('may hold numbers up to 2^53 - 1 in size, and small ones', async () => {
    expect(await troublesOf('[9007199254740991,-9007199254740991,1e-400,-0.5,1E3]')).toEqual([]);
    expect(await troublesOf('[9007199254740992,-1e16]')).toEqual([
      'number-out-of-range /0',
      'number-out-of-range /1',
    ]);
  });

  it('tells at most 20 troubles', async () => {
    expect(await troublesOf(`{${'"a":1,'.repeat(50)}"a":1}`)).toHaveLength(20);
  });

  it('is walked in turns with others where it is long, and in one go where it is not', async () => {
    const list = (length: number) => JSON.stringify(Array.from({ length }, (_, index) => index));
    expect(await turnsOfOthers(() => findJsonTroubles(list(1_000)))).toBe(0);
    expect(await turnsOfOthers(() => findJsonTroubles(list(200_000)))).toBe(8);
  });
});
