/** What docs name, there is: a promise whose test was renamed or removed is noticed here. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const PAGES = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const NAMED = /`((?:src|test|docs|packaging|migrations|\.ci)\/[\w./-]+\.\w+)`/g;

it.each(PAGES)('%s names files that there are', (page) => {
  const named = [...readFileSync(page, 'utf8').matchAll(NAMED)].map(([, path]) => path ?? '');
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

it('would notice one that is not there (control)', () => {
  const [found] = 'See `test/api/nowhere.spec.ts`.'.matchAll(NAMED);
  expect(existsSync(found?.[1] ?? 'README.md')).toBe(false);
});
