import { expect, it } from 'vitest';
import { isInstant } from './instant.js';

it.each(['2026-01-01T00:00:00.000Z', '1970-01-01T00:00:00.001Z'])('takes %s', (text) =>
  expect(isInstant(text)).toBe(true),
);

it.each([
  '2026-02-30T00:00:00.000Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00.000+01:00',
  '2026-01-01',
  'yesterday',
  '',
])('refuses %j', (text) => expect(isInstant(text)).toBe(false));
