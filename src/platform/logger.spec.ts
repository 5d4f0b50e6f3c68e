import { describe, expect, it } from 'vitest';
import { plainError } from './logger.js';

describe('a logged error', () => {
  it('keeps what every error has, and nothing that a library hung on it', () => {
    const error = Object.assign(new Error('no'), { code: '55P03', parameters: ['secret'], query: 'SELECT' });
    const { stack, ...rest } = plainError(error) as Record<string, unknown>;
    expect(rest).toEqual({ name: 'Error', message: 'no', code: '55P03' });
    expect(stack).toContain('logger.spec');
  });

  it('may be anything that was thrown', () => {
    expect(plainError('odd')).toEqual({ message: 'odd' });
  });
});
