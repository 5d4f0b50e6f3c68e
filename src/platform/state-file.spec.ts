import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileIfThere, writeFileAtomically } from './state-file.js';

describe('a state file', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'homeward-state-'));
    path = join(directory, 'state.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is absent until it was written', async () => {
    expect(await readFileIfThere(path)).toBeUndefined();
    await writeFileAtomically(path, 'one', { mode: 0o600 });
    expect(await readFileIfThere(path)).toBe('one');
  });

  it('reports other trouble than absence', async () => {
    await expect(readFileIfThere(directory)).rejects.toThrow('EISDIR');
    await expect(writeFileAtomically(join(directory, 'no', 'x'), '', { mode: 0o600 })).rejects.toThrow(
      'ENOENT',
    );
  });

  it('has exactly the mode asked for, also where it had another or a kill left a temporary file', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o644);
    await writeFile(`${path}.tmp`, 'half of a longer te');
    await writeFileAtomically(path, 'new', { mode: 0o600 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFileIfThere(path)).toBe('new');
    await writeFileAtomically(path, 'new', { mode: 0o666 });
    expect((await stat(path)).mode & 0o777).toBe(0o666);
    expect(await readdir(directory)).toEqual(['state.json']);
  });

  it('is never seen in part, where a plain write is', async () => {
    const plainly = (text: string) => writeFile(path, text);
    const atomically = (text: string) => writeFileAtomically(path, text, { mode: 0o600 });
    expect(await partsSeen(path, plainly)).toBeGreaterThan(0);
    expect(await partsSeen(path, atomically)).toBe(0);
  }, 30_000);

  it('takes overlapping writes in turn and goes on after a failed one', async () => {
    const bad = writeFileAtomically(path, 'x', { mode: NaN });
    const writes = ['a', 'b', 'c'].map((text) =>
      writeFileAtomically(path, text.repeat(100_000), { mode: 0o600 }),
    );
    await expect(bad).rejects.toThrow();
    await Promise.all(writes);
    expect(await readFileIfThere(path)).toBe('c'.repeat(100_000));
  });
});

/** How often a reader meets something else than one whole text while the file is written again and again. */
async function partsSeen(path: string, write: (text: string) => Promise<void>): Promise<number> {
  const length = 500_000;
  await writeFile(path, 'x'.repeat(length));
  let done = false;
  let parts = 0;
  const reader = (async () => {
    while (!done) if ((await readFileIfThere(path))?.length !== length) parts += 1;
  })();
  for (let turn = 0; turn < 40 && parts === 0; turn += 1) await write(String(turn % 10).repeat(length));
  done = true;
  await reader;
  return parts;
}
