import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from './logger.js';
import { FakeWatch } from './host-watch.fake.js';
import { Lookout } from './lookout.js';

const POLL_MS = 4_000;
const LOOK_MS = 30;
const logger = createLogger('test', 'silent');

let watch: FakeWatch;
let lookout: Lookout;
/** When each look began, in milliseconds since the lookout began. */
let looks: number[];
let began: number;

beforeEach(() => {
  vi.useFakeTimers();
  watch = new FakeWatch();
  looks = [];
  began = performance.now();
  lookout = new Lookout(look, logger, { watch });
});
afterEach(async () => {
  await lookout.stop();
  vi.useRealTimers();
});

async function look(): Promise<void> {
  looks.push(performance.now() - began);
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the lookout', () => {
  it('does nothing before it begins, and hears nothing', async () => {
    watch.move();
    await pass(10 * POLL_MS);
    expect(looks).toEqual([]);
    expect(watch.watching).toBe(false);
  });

  it('looks in time for a repair within 5 s where there are no events', async () => {
    lookout.begin();
    lookout.begin();
    await pass(13_000);
    expect(looks).toEqual([4_000, 8_030, 12_060]);
  });

  it('looks soon after an event, once for a bunch of them', async () => {
    lookout.begin();
    await pass(1_000);
    for (let event = 0; event < 100; event++) watch.move();
    await pass(1_000);
    expect(looks).toEqual([1_050]);
  });

  it('looks once more for what moved while it looked', async () => {
    lookout.begin();
    await pass(1_000);
    watch.move();
    await pass(60);
    watch.move();
    await pass(1_000);
    // 1,050 and 30 for the look, then nine times as long.
    expect(looks).toEqual([1_050, 1_350]);
  });

  it('is not kept looking by events without end, and each of them is followed by a look within a second', async () => {
    lookout.begin();
    for (let ms = 0; ms < 10_000; ms++) {
      watch.move();
      await pass(1);
    }
    const gaps = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    expect(looks.length).toBeLessThan(40);
    expect(Math.max(...gaps)).toBeLessThan(1_000);
  });

  it('goes on after a look that failed, and says so once', async () => {
    const warn = vi.spyOn(logger, 'warn');
    await lookout.stop();
    lookout = new Lookout(() => Promise.reject(new Error('the host answers nothing')), logger, { watch });
    lookout.begin();
    await pass(10 * POLL_MS);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('looks again soon after a look that failed, and then no sooner than ever', async () => {
    await lookout.stop();
    const failing = (): Promise<void> => look().then(() => Promise.reject(new Error('it was taken away')));
    lookout = new Lookout(failing, logger, { watch });
    lookout.begin();
    await pass(9_000);
    expect(looks).toEqual([4_000, 4_300, 8_330]);
  });

  it('ends with the look that goes on, and hears nothing after', async () => {
    lookout.begin();
    watch.move();
    await pass(60);
    let ended = false;
    const stopping = lookout.stop().then(() => (ended = true));
    await pass(1);
    expect(ended).toBe(false);
    await pass(LOOK_MS);
    await stopping;
    watch.move();
    await pass(10 * POLL_MS);
    expect(looks).toHaveLength(1);
  });
});
