import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MadeOfFile } from './made-of-file.js';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-made-'));
  path = join(directory, 'file');
  await writeFile(path, 'one');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('reads a file once, however many ask, and again once it is another', async () => {
  let reads = 0;
  const files = new MadeOfFile(() => Promise.resolve((reads += 1)));
  expect(await Promise.all([files.of(path), files.of(path)])).toEqual([1, 1]);
  await writeFile(join(directory, 'new'), 'two');
  await rename(join(directory, 'new'), path);
  expect([await files.of(path), await files.of(path)]).toEqual([2, 2]);
});

it('tries again what failed', async () => {
  let reads = 0;
  const files = new MadeOfFile(() =>
    (reads += 1) === 1 ? Promise.reject(new Error('a disk that hangs')) : Promise.resolve(reads),
  );
  await expect(files.of(path)).rejects.toThrow('a disk');
  expect(await files.of(path)).toBe(2);
});
