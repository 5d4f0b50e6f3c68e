import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { addressCode, commentCode, numberCode, wordCode } from './code-text.js';

/** Whatever has a meaning to PowerShell or to a shell, outside of a comment. */
const MEANING = /[^A-Za-z0-9._:' -]/;

describe('text of a script', () => {
  it('takes an address in its canonical spelling, in quotes', () => {
    expect(addressCode('192.0.2.200')).toBe("'192.0.2.200'");
    expect(addressCode('2001:db8::200')).toBe("'2001:db8::200'");
  });

  it.each(['010.0.2.1', '192.0.2.200/24', 'fe80::1%eth0', "192.0.2.1'; reboot #", '192.0.2.1\n', ''])(
    'takes no other spelling: %j',
    (text) => expect(() => addressCode(text)).toThrow('canonical'),
  );

  it('takes whole numbers', () => {
    expect(numberCode(254)).toBe('254');
    for (const other of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      expect(() => numberCode(other)).toThrow('whole number');
    }
  });

  it('has no text with a meaning in it, whatever it is offered', () => {
    const text = fc.oneof(anyText(), fc.string(), fc.constant('a$(reboot)'), fc.ipV4());
    fc.assert(
      fc.property(text, (offered) => {
        for (const take of [addressCode, wordCode]) {
          const taken = attempt(() => take(offered));
          if (taken !== undefined) expect(taken).not.toMatch(MEANING);
        }
        const comment = attempt(() => commentCode(offered));
        if (comment !== undefined) expect(comment).toMatch(/^# [\x20-\x7e]*$/);
      }),
    );
  });
});

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
