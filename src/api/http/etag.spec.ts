import { describe, expect, it } from 'vitest';
import { entityTag, requireMatch } from './etag.js';

describe('an entity tag', () => {
  it('is of the text, and begins with the revision of an object', () => {
    expect(entityTag('{}', 42)).toMatch(/^"42-[0-9a-f]{32}"$/);
    expect(entityTag('{}', undefined)).toBe(entityTag('{}', 42).replace('42-', ''));
    expect(entityTag('{"a":1}', 42)).not.toBe(entityTag('{}', 42));
  });
});

describe('If-Match', () => {
  const tag = entityTag('{}', 42);

  it.each([undefined, '*', ' * ', tag, '"42"', `"1", ${tag}`, entityTag('with another status', 42)])(
    'lets pass %s',
    (ifMatch) => {
      expect(() => requireMatch(ifMatch, 42)).not.toThrow();
    },
  );

  it.each([
    '',
    '"41"',
    entityTag('{}', 41),
    entityTag('{}', undefined),
    `W/${tag}`,
    '42',
    '"42-"',
    '"42"x',
    '"042"',
  ])('does not let pass %s', (ifMatch) => {
    expect(() => requireMatch(ifMatch, 42)).toThrow('The object is at revision 42');
  });
});
