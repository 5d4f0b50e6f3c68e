import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BoundedTurns } from './bounded-turns.js';

const turnsOf = (longestWaitMs: number) =>
  new BoundedTurns({ atOnce: 1, waiting: 2, longestWaitMs }, () => new Error('too many'));

/** Work that goes on until it is let go. */
function held(): { readonly work: () => Promise<string>; readonly letGo: () => void; begun: boolean } {
  let letGo = (): void => undefined;
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  const work = () => {
    one.begun = true;
    return gone.then(() => 'done');
  };
  const one = { work, letGo: () => letGo(), begun: false };
  return one;
}

it('does one after the other, and refuses who finds all places taken', async () => {
  const turns = turnsOf(10_000);
  const [first, second, third] = [held(), held(), held()];
  const waiting = [first, second, third].map(({ work }) => turns.run(work));
  await sleep(1);
  await expect(turns.run(() => Promise.resolve('never'))).rejects.toThrow('too many');
  expect([first, second, third].map(({ begun }) => begun)).toEqual([true, false, false]);
  for (const each of [first, second, third]) each.letGo();
  expect(await Promise.all(waiting)).toEqual(['done', 'done', 'done']);
  expect(await turns.run(() => Promise.resolve('there is room again'))).toBe('there is room again');
});

it('refuses who has waited for too long, and never begins with that', async () => {
  const turns = turnsOf(20);
  const [first, second] = [held(), held()];
  const done = turns.run(first.work);
  await expect(turns.run(second.work)).rejects.toThrow('too many');
  first.letGo();
  await done;
  expect(await turns.run(() => Promise.resolve('next'))).toBe('next');
  expect(second.begun).toBe(false);
});

it('tells of work that fails, and goes on', async () => {
  const turns = turnsOf(10_000);
  await expect(turns.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns.run(() => Promise.resolve('next'))).toBe('next');
});
