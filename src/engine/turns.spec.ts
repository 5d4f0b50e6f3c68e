import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('turns', () => {
  it('come one after the other, also after one that failed', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (name === 'a') throw new Error('a failed');
    };
    const [a] = await Promise.allSettled([turns.take(task('a')), turns.take(task('b'))]);
    expect(a.status).toBe('rejected');
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('tell whether any was under way since', async () => {
    const turns = new Turns();
    const quiet = turns.stillness();
    expect(quiet()).toBe(true);
    const task = turns.take(() => Promise.resolve());
    const during = turns.stillness();
    expect(quiet()).toBe(false);
    await task;
    expect(during()).toBe(false);
    expect(quiet()).toBe(false);
    expect(turns.stillness()()).toBe(true);
  });
});
