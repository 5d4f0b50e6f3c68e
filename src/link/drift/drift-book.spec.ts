import { describe, expect, it } from 'vitest';
import { MOST_DRIFTS } from '../../contract/report.js';
import { DriftBook } from './drift-book.js';

const NOON = Date.parse('2026-01-01T12:00:00.000Z');
const setting = (found: string) => ({ thing: 'net.ipv4.conf.all.arp_ignore', found, wanted: '1' });
const vip = (name: string) => ({ thing: `VIP ${name}`, found: 'absent', wanted: 'on lo' });

describe('the book of drifts', () => {
  it('begins empty', () => {
    expect(new DriftBook().describe()).toEqual({ total: 0, latest: [] });
  });

  it('counts the same thing in one entry, with what was found last', () => {
    const book = new DriftBook();
    book.undone(setting('0'), NOON);
    book.repaired('net.ipv4.conf.all.arp_ignore');
    book.undone(setting('3'), NOON + 1_500);
    expect(book.describe()).toEqual({
      total: 2,
      latest: [
        {
          ...setting('3'),
          firstAt: '2026-01-01T12:00:00.000Z',
          lastAt: '2026-01-01T12:00:01.500Z',
          count: 2,
          repaired: false,
        },
      ],
    });
  });

  it('says of each thing whether it was made good', () => {
    const book = new DriftBook();
    book.undone(vip('a'), NOON);
    book.undone(vip('b'), NOON);
    book.repaired('VIP a');
    book.repaired('VIP that was never undone');
    const told = book.describe().latest.map(({ thing, repaired }) => [thing, repaired]);
    expect(told).toEqual([
      ['VIP b', false],
      ['VIP a', true],
    ]);
  });

  it('names the latest things first and forgets the oldest, but goes on counting', () => {
    const book = new DriftBook();
    for (let each = 0; each < 10_000; each++) book.undone(vip(`${each}`), NOON + each);
    book.undone(vip('9990'), NOON + 20_000);
    const { total, latest } = book.describe();
    expect(total).toBe(10_001);
    expect(latest).toHaveLength(MOST_DRIFTS);
    expect(latest.slice(0, 3).map(({ thing, count }) => `${thing} ${count}`)).toEqual([
      'VIP 9990 2',
      'VIP 9999 1',
      'VIP 9998 1',
    ]);
  });
});
