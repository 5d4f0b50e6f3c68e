import { describe, expect, it } from 'vitest';
import { PublicUrl } from './public-url.js';

describe('where nodes reach the API', () => {
  it.each(['192.0.2.5:3000', 'homeward.example.com', 'api', '[2001:db8::5]:3000', 'LOCALHOST:1'])(
    'is where the operator reached it: %s',
    (host) => expect(new PublicUrl(undefined).for(host)).toBe(`http://${host}`),
  );

  it.each([
    undefined,
    '',
    'a b',
    "a';reboot;'",
    'a$(reboot)',
    'a`reboot`',
    'a/b',
    'a@b',
    '-a',
    'a:b',
    'a\nb',
    '[::1',
    'a;b',
    'a'.repeat(300),
  ])('is not known from a Host header such as %j', (host) =>
    expect(new PublicUrl(undefined).for(host)).toBeNull(),
  );

  it('is what was set, whatever the Host header says', () => {
    expect(new PublicUrl('https://homeward.example.com').for('evil')).toBe('https://homeward.example.com');
  });
});
