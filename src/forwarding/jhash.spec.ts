import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jhash, jhashMod } from './jhash.js';

/** test/nodes/director-seeing.spec.ts holds it to the kernel; these are values that agreed with one. */
it.each([
  ['', 0, 0xdeadbeef],
  ['c633640a', 0x5eed, 1393584132],
  ['c633640a0fa00000', 0x5eed, 2109292096],
  ['20010db800010000000000000000001000350000', 0x5eed, 2618009785],
])('hashes %s with seed %i', (hex, seed, hash) => {
  expect(jhash(Buffer.from(hex, 'hex'), seed)).toBe(hash);
});

it('takes every bit of key and seed into account', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.nat(2 ** 31),
      fc.nat(),
      (key, seed, place) => {
        const other = Uint8Array.from(key);
        const at = place % key.length;
        other[at] = (other[at] ?? 0) ^ 1;
        expect(jhash(other, seed)).not.toBe(jhash(key, seed));
        expect(jhash(key, seed + 1)).not.toBe(jhash(key, seed));
      },
    ),
    { numRuns: 200 },
  );
});

it('spreads evenly over the slots', () => {
  const counts = Array<number>(8).fill(0);
  for (let port = 0; port < 8_000; port++) {
    const slot = jhashMod(Uint8Array.of(192, 0, 2, 1, port >> 8, port & 255, 0, 0), 8, 7);
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120);
});
