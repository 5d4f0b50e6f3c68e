import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NodeBinary } from './node-binary.js';

it('a Node that is not there now is handed out once it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'homeward-node-'));
  const path = join(folder, 'node');
  const binary = new NodeBinary(path);
  expect(await binary.find()).toBeUndefined();
  await writeFile(path, 'a program');
  expect(await binary.find()).toMatchObject({ content: { path } });
  await rm(folder, { recursive: true });
});
