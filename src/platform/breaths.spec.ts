import { expect, it } from 'vitest';
import { Breaths } from './breaths.js';

/** Longer than a slice. */
const PIECE_MS = 15;

function work(): void {
  for (const until = performance.now() + PIECE_MS; performance.now() < until;);
}

it('lets others have their turn between pieces that take long', async () => {
  const breaths = new Breaths(new AbortController().signal);
  let turns = 0;
  const others = setInterval(() => (turns += 1), 1);
  for (let piece = 0; piece < 4; piece++) {
    work();
    await breaths.take();
  }
  clearInterval(others);
  expect(turns).toBeGreaterThan(1);
});

it('goes on at once where pieces are short', async () => {
  const breaths = new Breaths(new AbortController().signal);
  let isTheirTurn = false;
  setImmediate(() => (isTheirTurn = true));
  for (let piece = 0; piece < 10; piece++) await breaths.take();
  expect(isTheirTurn).toBe(false);
});

it('ends with the reason for which nobody wants it any more', async () => {
  const wanted = new AbortController();
  const breaths = new Breaths(wanted.signal);
  wanted.abort(new Error('it takes too long'));
  work();
  await expect(breaths.take()).rejects.toThrow('it takes too long');
});
