import { beforeEach, describe, expect, it } from 'vitest';
import type { Element } from '../../../forwarding/layout.js';
import { TableDigest } from './table-digest.js';

const NOTHING = '0'.repeat(16);
const table = (number: number, value = 'a'): readonly Element[] => [
  { map: 'services4', key: `192.0.2.${number} . tcp . 80`, value: `${number}` },
  { map: 'digests', key: `${number}`, value },
];

function digestOf(...services: (readonly [key: string, elements: readonly Element[]])[]): string {
  const digest = new TableDigest();
  for (const [key, elements] of services) {
    digest.note(key, elements);
    digest.accept(key);
  }
  return digest.text;
}

describe('the digest of all tables', () => {
  let digest: TableDigest;
  beforeEach(() => (digest = new TableDigest()));

  it('does not depend on the order, nor on what was there before', () => {
    const both = digestOf(['x', table(1)], ['y', table(2)]);
    expect(both).toMatch(/^[0-9a-f]{16}$/);
    expect(digestOf(['y', table(2)], ['x', table(1)])).toBe(both);
    expect(digestOf(['x', table(1, 'old')], ['y', table(2)], ['x', table(1)])).toBe(both);
    expect(digestOf(['x', table(1, 'old')], ['y', table(2)])).not.toBe(both);
  });

  it('is that of nothing once everything is gone', () => {
    expect(digest.text).toBe(NOTHING);
    expect(digestOf(['x', table(1)], ['x', []])).toBe(NOTHING);
    digest.note('x', table(1));
    digest.accept('x');
    digest.startOver();
    expect(digest.text).toBe(NOTHING);
  });

  it('tells what is in force, not what was refused', () => {
    digest.note('x', table(1));
    digest.accept('x');
    digest.note('x', table(1, 'refused'));
    expect(digest.text).toBe(digestOf(['x', table(1)]));
  });
});
