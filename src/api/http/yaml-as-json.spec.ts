import fc from 'fast-check';
import { dump } from 'js-yaml';
import { expect, it } from 'vitest';
import { Failed } from '../../domain/failure.js';
import { yamlAsJson } from './yaml-as-json.js';

const LIMIT = 10_000;

function read(text: string): unknown {
  return JSON.parse(yamlAsJson(text, LIMIT));
}

function refusal(text: string): string {
  try {
    yamlAsJson(text, LIMIT);
  } catch (error) {
    if (error instanceof Failed) return error.failure.code;
    throw error;
  }
  return 'accepted';
}

it('reads YAML 1.2, where only true and false are booleans', () => {
  expect(read('a: no\nb: true\nc: 0o17\nd: 192.0.2.1\ne: 2026-11-23\nf: ~\ng: "1"\n')).toEqual({
    a: 'no',
    b: true,
    c: 15,
    d: '192.0.2.1',
    e: '2026-11-23',
    f: null,
    g: '1',
  });
});

it('writes aliases out', () => {
  expect(read('a: &x {b: 1}\nc: *x\nd: [*x, *x]\n')).toEqual({
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
])('refuses %s', (_what, text) => {
  expect(refusal(text)).toBe('yaml-malformed');
});

it.each(['a: .nan\n', 'a: [.inf]\n'])('refuses what JSON cannot say: %s', (text) => {
  expect(refusal(text)).toBe('number-out-of-range');
});

it('tells where it stops', () => {
  expect(() => read('a: 1\nb: [\n')).toThrow(/from line [23], column \d+, on/);
});

it('reads back whatever was written, and fails at nothing in another way than by refusing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(read(dump(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      refusal(text);
    }),
  );
});
