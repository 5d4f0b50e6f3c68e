/** A long text of YAML is read by a thread, whose program there is only where the sources were compiled. */
import { resolve } from 'node:path';
import { dump, load } from 'js-yaml';
import { expect, it } from 'vitest';
import { turnsOfOthers } from '../../src/platform/turns-of-others.fake.js';

const compiled: unknown = await import(resolve('dist/src/api/http/yaml-as-json.js'));
const { yamlAsJson } = compiled as typeof import('../../src/api/http/yaml-as-json.js');

const LIMIT = 1_000_000;
const long = dump({ list: Array.from({ length: 8_000 }, (_, index) => ({ address: `host ${index}` })) });

it('is read as any other, and others have turns meanwhile', async () => {
  expect(JSON.parse(await yamlAsJson(long, LIMIT))).toEqual(load(long));
  expect(await turnsOfOthers(() => yamlAsJson(long, LIMIT))).toBeGreaterThan(0);
  expect(await turnsOfOthers(() => yamlAsJson('a: 1', LIMIT))).toBe(0);
});

it.each([
  ['not closed', `${long}a: [`, LIMIT, 'yaml-malformed'],
  ['longer than the limit', long, 10_000, 'yaml-malformed'],
  ['what takes more memory than its length tells', `a: [${'[],'.repeat(600_000)}]`, LIMIT, 'yaml-malformed'],
  ['what JSON cannot say', `${long}b: .nan\n`, LIMIT, 'number-out-of-range'],
])('is refused for the same reasons: %s', async (_what, text, limit, code) => {
  await expect(yamlAsJson(text, limit)).rejects.toMatchObject({ failure: { code } });
});

it('is told where it stops', async () => {
  await expect(yamlAsJson(`${long}a: [\n`, LIMIT)).rejects.toThrow(/from line \d{4}/);
});
