import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuiltFiles } from './built-files.js';

/** More than Node reads into memory: whoever reads it fails. Takes no room on disk. */
const TOO_LARGE = 3 * 1024 ** 3;

let folder: string;
let files: BuiltFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homeward-built-'));
  files = new BuiltFiles(folder);
  await writeFile(join(folder, 'agent.cjs'), 'one');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('files of a build', () => {
  it('are handed out as they are now', async () => {
    expect(await files.find('agent.cjs')).toMatchObject({ sha256: digest('one') });
    await writeFile(join(folder, 'agent.cjs'), 'the second');
    expect(await files.find('agent.cjs')).toMatchObject({
      sha256: digest('the second'),
      content: Buffer.from('the second'),
    });
  });

  it('are read one by one: nobody pays for a file that he did not ask for', async () => {
    await writeFile(join(folder, 'large'), '');
    await truncate(join(folder, 'large'), TOO_LARGE);
    expect(await files.find('agent.cjs')).toMatchObject({ sha256: digest('one') });
    expect(await files.find('no such file')).toBeUndefined();
    await expect(files.all()).rejects.toThrow(/greater than 2 GiB/);
  });

  it('are none where nothing was built', async () => {
    await rm(folder, { recursive: true });
    expect([await files.find('agent.cjs'), await files.all()]).toEqual([undefined, []]);
  });
});
