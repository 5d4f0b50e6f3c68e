import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from './logger.js';
import { closeInOrder, stopped, untilStopped } from './shutdown.js';

const logger = createLogger('test', 'silent');

describe('shutdown', () => {
  afterEach(() => vi.restoreAllMocks());

  it('closes in order and waits for each', async () => {
    const seen: string[] = [];
    const closer = (name: string, ms: number) => ({
      name,
      close: async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        seen.push(name);
      },
    });
    await closeInOrder([closer('slow', 20), closer('quick', 0)], logger);
    expect(seen).toEqual(['slow', 'quick']);
  });

  it('goes on after one that throws, one that rejects and one that hangs, and tells of each', async () => {
    const warn = vi.spyOn(logger, 'warn');
    const last = vi.fn();
    await closeInOrder(
      [
        {
          name: 'throws',
          close: () => {
            throw new Error('at once');
          },
        },
        { name: 'rejects', close: () => Promise.reject(new Error('later')) },
        { name: 'hangs', close: () => new Promise(() => undefined), timeoutMs: 10 },
        { name: 'last', close: last },
      ],
      logger,
    );
    expect(last).toHaveBeenCalledOnce();
    expect(warn.mock.calls.map(([fields]) => (fields as { closer: string }).closer)).toEqual([
      'throws',
      'rejects',
      'hangs',
    ]);
  });

  it('asks at the first signal and ends the process at the second', async () => {
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    const before = { SIGTERM: process.listeners('SIGTERM'), SIGINT: process.listeners('SIGINT') };
    const signal = untilStopped();
    const added = process.listeners('SIGTERM').find((listener) => !before.SIGTERM.includes(listener));
    try {
      expect(signal.aborted).toBe(false);
      added?.('SIGTERM');
      await stopped(signal);
      expect(exit).not.toHaveBeenCalled();
      added?.('SIGINT');
      expect(exit).toHaveBeenCalledExactlyOnceWith(130);
    } finally {
      if (added) process.off('SIGTERM', added).off('SIGINT', added);
    }
  });

  it.each([
    ['ends', (input: PassThrough) => input.end('what nobody reads')],
    ['breaks', (input: PassThrough) => input.destroy(new Error('broken pipe'))],
  ])('asks when the input that it was given %s, and lets go of it', async (_, finish) => {
    const input = new PassThrough();
    const before = process.listeners('SIGTERM');
    const signal = untilStopped(input);
    try {
      expect(signal.aborted).toBe(false);
      finish(input);
      await stopped(signal);
      expect(input.destroyed).toBe(true);
    } finally {
      for (const added of process.listeners('SIGTERM').filter((each) => !before.includes(each)))
        process.off('SIGTERM', added).off('SIGINT', added);
    }
  });
});
