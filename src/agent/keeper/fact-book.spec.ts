import { describe, expect, it } from 'vitest';
import type { ReportedVip } from '../../contract/report.js';
import { FactBook } from './fact-book.js';

function fact(last: number, bound = true): ReportedVip {
  return { address: `192.0.2.${last}`, bound, silent: true, reason: 'Held', message: '', services: [] };
}

describe('the book of facts', () => {
  it('repeats what changed until it was heard', () => {
    const book = new FactBook();
    expect(book.put(fact(1))).toBe(true);
    expect(book.describe(false)).toEqual([fact(1)]);
    expect(book.describe(false)).toEqual([fact(1)]);
    book.heard();
    expect(book.describe(false)).toEqual([]);
    expect(book.describe(true)).toEqual([fact(1)]);
  });

  it('has no news in the same fact', () => {
    const book = new FactBook();
    book.put(fact(1));
    book.heard();
    expect(book.put(fact(1))).toBe(false);
  });

  it('keeps a change that came while a report was under way', () => {
    const book = new FactBook();
    book.put(fact(1));
    book.describe(false);
    book.put(fact(1, false));
    book.put(fact(2));
    book.heard();
    expect(book.describe(false)).toEqual([fact(1, false), fact(2)]);
  });

  it('forgets a released VIP once that was heard', () => {
    const book = new FactBook();
    book.put(fact(1, false), true);
    expect(book.describe(true)).toHaveLength(1);
    book.heard();
    expect(book.describe(true)).toEqual([]);
  });

  it('forgets one that was heard to be gone before it was known that nobody needs it', () => {
    const book = new FactBook();
    book.put(fact(1, false));
    book.describe(true);
    book.heard();
    expect(book.put(fact(1, false), true)).toBe(false);
    expect(book.describe(true)).toEqual([]);
  });

  it('keeps a VIP that was wanted again before its release was heard', () => {
    const book = new FactBook();
    book.put(fact(1, false), true);
    book.put(fact(1));
    book.describe(false);
    book.heard();
    expect(book.describe(true)).toEqual([fact(1)]);
  });
});
