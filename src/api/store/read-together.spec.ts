import { describe, expect, it } from 'vitest';
import { readTogether } from './read-together.js';

/** Reads of which each ends when it is told to, and answers with how many came before it. */
function slowReads() {
  const reads: { readonly keys: readonly string[]; readonly end: () => void; readonly fail: () => void }[] =
    [];
  const read = (keys: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    const answer = new Map(keys.filter((key) => key !== 'nothing').map((key) => [key, reads.length]));
    return new Promise((resolve, reject) => {
      reads.push({ keys, end: () => resolve(answer), fail: () => reject(new Error('lost')) });
    });
  };
  return { reads, read };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('things that are read together', () => {
  it('begins at once where nothing is under way', async () => {
    const { reads, read } = slowReads();
    const answer = readTogether(10, read)('a');
    await turn();
    reads[0]?.end();
    expect(await answer).toBe(0);
  });

  it('asks once for all that was asked for meanwhile, and only after it was', async () => {
    const { reads, read } = slowReads();
    const one = readTogether(10, read);
    const first = one('a');
    await turn();
    const others = [one('a'), one('b'), one('nothing')];
    await turn();
    expect(reads.map(({ keys }) => keys)).toEqual([['a']]);
    reads[0]?.end();
    await turn();
    reads[1]?.end();
    expect(reads.map(({ keys }) => keys)).toEqual([['a'], ['a', 'b', 'nothing']]);
    expect(await Promise.all([first, ...others])).toEqual([0, 1, 1, null]);
  });

  it('fails those alone whose read failed', async () => {
    const { reads, read } = slowReads();
    const one = readTogether(10, read);
    const first = one('a').catch(String);
    await turn();
    const second = one('b');
    reads[0]?.fail();
    await turn();
    reads[1]?.end();
    expect(await Promise.all([first, second])).toEqual(['Error: lost', 1]);
  });

  it('asks for no more at once than it may', async () => {
    const { reads, read } = slowReads();
    const one = readTogether(2, read);
    const all = ['a', 'b', 'c'].map((key) => one(key));
    await turn();
    expect(reads.map(({ keys }) => keys)).toEqual([['a', 'b'], ['c']]);
    for (const { end } of reads) end();
    await Promise.all(all);
  });
});
