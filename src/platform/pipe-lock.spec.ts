import { describe, expect, it } from 'vitest';
import { lockPipe, pipeFor } from './pipe-lock.js';

/** Linux has names of this kind as well: sockets that are in no directory. */
const NAME = `\0homeward-test-${process.pid}`;

describe('a lock by name', () => {
  it('is had by one at a time, and can be given back', async () => {
    const first = await lockPipe(NAME, 'somebody has it');
    await expect(lockPipe(NAME, 'somebody has it')).rejects.toThrow('somebody has it');
    await first.close();
    const second = await lockPipe(NAME, 'somebody has it');
    await second.close();
  });

  it('has a plain name of its own for each path', () => {
    expect(pipeFor('C:\\ProgramData\\Homeward\\lock')).toMatch(/^\\\\\.\\pipe\\homeward-[0-9a-f]{64}$/);
    expect(pipeFor('C:\\a')).toBe(pipeFor('c:\\A'));
    expect(pipeFor('C:\\a')).not.toBe(pipeFor('C:\\b'));
  });
});
