import { describe, expect, it } from 'vitest';
import { elementsIn } from './guard-elements.js';

const listing = (...elem: unknown[]) =>
  JSON.stringify({ nftables: [{ metainfo: {} }, { set: { name: 'vips', elem } }] });

describe('a listing of the guard', () => {
  it('names the addresses of both families', () => {
    const listed = elementsIn(listing('192.0.2.200', '0x20010db8000000000000000000000200'));
    expect(listed).toEqual({ ok: true, value: ['192.0.2.200', '2001:db8::200'] });
    expect(elementsIn(JSON.stringify({ nftables: [{ set: { name: 'vips' } }] }))).toEqual({
      ok: true,
      value: [],
    });
  });

  it.each([
    ['an element with a comment', listing('192.0.2.200', { elem: { val: '198.51.100.9', comment: 'x' } })],
    ['an element that is no address', listing('192.0.2.200', '192.0.2.300')],
    ['no JSON', 'Error: what?'],
  ])('is not understood with %s', (_, json) => {
    expect(elementsIn(json)).toMatchObject({ ok: false });
  });
});
