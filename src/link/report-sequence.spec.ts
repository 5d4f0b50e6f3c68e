import { expect, it } from 'vitest';
import { ReportSequence } from './report-sequence.js';

const STARTED = Date.parse('2026-01-02T00:00:00Z');

it('rises with every report and over a restart, and stays a safe integer for centuries', () => {
  const first = new ReportSequence(STARTED);
  const numbers = [first.next(), first.next(), first.next()];
  const later = new ReportSequence(STARTED + 1).next();
  expect([...numbers, later].every((number, at, all) => at === 0 || number > (all[at - 1] ?? 0))).toBe(true);
  expect(Number.isSafeInteger(new ReportSequence(Date.parse('2200-01-01T00:00:00Z')).next())).toBe(true);
});

it('passes what an earlier run had reached with a clock that was ahead', () => {
  const ahead = new ReportSequence(STARTED + 3_600_000).next();
  const sequence = new ReportSequence(STARTED);
  const dropped = sequence.next();
  expect(sequence.wasTaken(dropped, ahead)).toBe(false);
  const next = sequence.next();
  expect(next).toBeGreaterThan(ahead);
  expect(sequence.wasTaken(next, next)).toBe(true);
});
