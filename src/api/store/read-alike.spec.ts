import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readAlike } from './read-alike.js';

interface Read {
  readonly key: string;
  readonly end: (answer: string) => void;
  readonly fail: (error: Error) => void;
}

function watched() {
  const reads: Read[] = [];
  const ask = readAlike<string, string>(
    (key) => key.toLowerCase(),
    (key) => new Promise((end, fail) => reads.push({ key, end, fail })),
  );
  return { reads, ask };
}

describe('what several ask for alike', () => {
  it('is read once more for all who came while it was being read, and not before', async () => {
    const { reads, ask } = watched();
    const first = ask('a');
    const later = [ask('a'), ask('A'), ask('a')];
    await turn();
    expect(reads).toHaveLength(1);
    reads[0]?.end('old');
    expect(await first).toBe('old');
    await turn();
    expect(reads).toHaveLength(2);
    reads[1]?.end('new');
    expect(await Promise.all(later)).toEqual(['new', 'new', 'new']);
  });

  it('is not kept: who comes afterwards has it read anew', async () => {
    const { reads, ask } = watched();
    for (const answer of ['one', 'two', 'three']) {
      const asked = ask('a');
      reads.at(-1)?.end(answer);
      expect(await asked).toBe(answer);
      await turn();
    }
    expect(reads).toHaveLength(3);
  });

  it('waits for nothing else', () => {
    const { reads, ask } = watched();
    void ask('a');
    void ask('b');
    expect(reads.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('is read again where the read before failed, which fails those alone that it was for', async () => {
    const { reads, ask } = watched();
    const first = ask('a');
    const second = ask('a');
    reads[0]?.fail(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    await turn();
    reads[1]?.end('there');
    expect(await second).toBe('there');
  });
});
