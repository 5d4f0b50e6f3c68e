import fc from 'fast-check';
import { dump } from 'js-yaml';
import { expect, it } from 'vitest';
import { Failed } from '../../domain/failure.js';
import { jsonOfYaml } from './json-of-yaml.js';
import { yamlAsJson } from './yaml-as-json.js';

const LIMIT = 10_000;

async function read(text: string, limit = LIMIT): Promise<unknown> {
  return JSON.parse(await yamlAsJson(text, limit));
}

async function refusal(text: string): Promise<string> {
  try {
    await yamlAsJson(text, LIMIT);
  } catch (error) {
    if (error instanceof Failed) return error.failure.code;
    throw error;
  }
  return 'accepted';
}

it('reads YAML 1.2, where only true and false are booleans', async () => {
  expect(await read('a: no\nb: true\nc: 0o17\nd: 192.0.2.1\ne: 2026-11-23\nf: ~\ng: "1"\n')).toEqual({
    a: 'no',
    b: true,
    c: 15,
    d: '192.0.2.1',
    e: '2026-11-23',
    f: null,
    g: '1',
  });
});

it('writes aliases out', async () => {
  expect(await read('a: &x {b: 1}\nc: *x\nd: [*x, *x]\n')).toEqual({
    a: { b: 1 },
    c: { b: 1 },
    d: [{ b: 1 }, { b: 1 }],
  });
});

const laughs = Array.from({ length: 20 }, (_, level) =>
  level === 0 ? 'a0: &a0 [lol, lol]' : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
).join('\n');

it.each([
  ['not closed', 'a: [1, 2'],
  ['a key twice', 'a: 1\nb: 2\na: 3\n'],
  ['a tag of its own', 'a: !!js/function "x"\n'],
  ['another tag', '!mine\na: 1\n'],
  ['two documents', 'a: 1\n---\na: 2\n'],
  ['nothing', ''],
  ['a million laughs', laughs],
  ['itself', 'a: &a\n  b: *a\n'],
  ['aliases without measure', `a: &x 1\nb: [${'*x,'.repeat(1_001)}]\n`],
  ['what becomes long', `a: &x ${'y'.repeat(200)}\nb: [${'*x,'.repeat(100)}]\n`],
  ['too deep', `a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['flow without an end', '['.repeat(100_000)],
])('refuses %s', async (_what, text) => {
  expect(await refusal(text)).toBe('yaml-malformed');
});

it.each(['a: .nan\n', 'a: [.inf]\n'])('refuses what JSON cannot say: %s', async (text) => {
  expect(await refusal(text)).toBe('number-out-of-range');
});

it('tells where it stops', async () => {
  await expect(read('a: 1\nb: [\n')).rejects.toThrow(/from line [23], column \d+, on/);
});

it('reads back whatever was written, and fails at nothing in another way than by refusing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      expect(jsonOfYaml({ yaml: dump(JSON.parse(json)), limit: LIMIT })).toEqual({ json });
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (yaml) => {
      jsonOfYaml({ yaml, limit: LIMIT });
    }),
  );
});
