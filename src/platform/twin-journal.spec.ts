import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkedLine } from './checked-lines.js';
import { readTwinJournal, TwinJournal } from './twin-journal.js';

const TEXTS = ['{"a":1}', '{"b":"\u00e9"}', '{"c":3}'];
let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-twin-'));
  path = join(directory, 'twin');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** @returns what each of the two files holds. */
async function written(): Promise<Buffer> {
  const [first = '', ...rest] = TEXTS;
  const journal = await TwinJournal.begin(path, first, 0, 0o600);
  for (const text of rest) journal.append(text);
  await journal.sync();
  journal.close();
  return readFile(path);
}

/** Every place to cut, and one flipped bit in every byte. */
function* damages(content: Buffer): Generator<Buffer> {
  for (let cut = 0; cut < content.length; cut++) yield content.subarray(0, cut);
  for (let place = 0; place < content.length; place++) {
    const flipped = Buffer.from(content);
    flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
    yield flipped;
  }
}

describe('a journal that is kept twice', () => {
  it('is nothing, and whole, where there is no file', async () => {
    expect(await readTwinJournal(path)).toEqual({ texts: [], whole: true, number: 0 });
  });

  it.each(['', '.copy'])('loses nothing by whatever happens to the file "%s"', async (which) => {
    const content = await written();
    for (const damaged of damages(content)) {
      await writeFile(`${path}${which}`, damaged);
      expect(await readTwinJournal(path)).toEqual({ texts: TEXTS, whole: true, number: 3 });
    }
    await rm(`${path}${which}`);
    expect(await readTwinJournal(path)).toEqual({ texts: TEXTS, whole: true, number: 3 });
  });

  it('never makes anything up where both are damaged, and says so unless whole lines went', async () => {
    const content = await written();
    const newlines = [...content.entries()].filter(([, byte]) => byte === 10);
    const lineEnds = new Set(newlines.map(([place]) => place + 1));
    for (const damaged of damages(content)) {
      await Promise.all([writeFile(path, damaged), writeFile(`${path}.copy`, damaged)]);
      const { texts, whole } = await readTwinJournal(path);
      expect(TEXTS.slice(0, texts.length)).toEqual(texts);
      expect(whole).toBe(lineEnds.has(damaged.length) && damaged.length < content.length);
    }
  });

  it('takes the file that got further', async () => {
    const before = await written();
    const journal = await TwinJournal.begin(path, '{"all":1}', 3, 0o600);
    journal.close();
    await writeFile(path, before);
    expect(await readTwinJournal(path)).toEqual({ texts: ['{"all":1}'], whole: true, number: 4 });
  });

  it('loses nothing where one file cannot be read, and makes nothing of it where the other is not whole', async () => {
    const content = await written();
    await rm(path);
    await mkdir(path);
    expect(await readTwinJournal(path)).toEqual({ texts: TEXTS, whole: true, number: 3 });
    await writeFile(`${path}.copy`, content.subarray(1));
    await expect(readTwinJournal(path)).rejects.toThrow('EISDIR');
  });

  it('keeps no file open where it cannot be begun', async () => {
    await mkdir(path);
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(TwinJournal.begin(path, '{}', 0, 0o600)).rejects.toThrow();
    }
    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    expect(open.filter((file) => file.startsWith(directory))).toEqual([]);
  });

  it('takes no line that is not numbered, whatever its checksum says', async () => {
    await writeFile(path, checkedLine('{"format":1}', 0).line);
    expect(await readTwinJournal(path)).toEqual({ texts: [], whole: false, number: 0 });
  });
});
