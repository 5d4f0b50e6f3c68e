import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SysctlDropIn } from './sysctl-drop-in.js';

const SETTINGS = { 'all/arp_ignore': 1, 'default/arp_ignore': 1 };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-drop-in-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('nothing of the file stays, nor of one that a kill left half written', async () => {
  const dropIn = new SysctlDropIn(directory);
  await writeFile(`${dropIn.path}.tmp`, '# Written by');
  await dropIn.remove();
  expect(await readdir(directory)).toEqual([]);
  await dropIn.write(SETTINGS);
  expect(await dropIn.holds(SETTINGS)).toBe(true);
  await dropIn.remove();
  expect(await readdir(directory)).toEqual([]);
});

it('there is nothing to take away where there is no directory', async () => {
  await expect(new SysctlDropIn(join(directory, 'none')).remove()).resolves.toBeUndefined();
});
