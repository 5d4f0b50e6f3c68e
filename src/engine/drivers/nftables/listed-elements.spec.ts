import { describe, expect, it } from 'vitest';
import { listedElements } from './listed-elements.js';

function listing(kind: 'map' | 'set', elem: readonly unknown[]): string {
  return JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, { [kind]: { name: 'x', elem } }] });
}

describe('what nft lists', () => {
  it.each([
    ['a service', { concat: ['192.0.2.200', 'tcp', 80] }, '0:1', '192.0.2.200 . tcp . 80', '1'],
    [
      'a range',
      { concat: ['192.0.2.200', 'udp', { range: [80, 90] }] },
      '1:a',
      '192.0.2.200 . udp . 80-90',
      '65546',
    ],
    [
      'an IPv6 service',
      { concat: ['2001:db8::', 'tcp', 80] },
      '7fff:ffff',
      '2001:db8:: . tcp . 80',
      '2147483647',
    ],
    ['a slot', { concat: ['0:b', 3] }, 12, '11 . 3', '12'],
    ['a class', '0:1', { jump: { target: 'maglev4-64' } }, '1', 'jump maglev4-64'],
    [
      'a server that counts',
      { elem: { val: 11, counter: { packets: 1, bytes: 2 } } },
      '192.0.2.11',
      '11',
      '192.0.2.11',
    ],
  ])('is read as it was written: %s', (_, key, value, readKey, readValue) => {
    expect(listedElements('slots', listing('map', [[key, value]]))).toEqual([
      { map: 'slots', key: readKey, value: readValue },
    ]);
  });

  it('of a set has no values', () => {
    expect(listedElements('takers', listing('set', [11, 12]))).toEqual([
      { map: 'takers', key: '11', value: '' },
      { map: 'takers', key: '12', value: '' },
    ]);
  });

  it('of an empty map is nothing', () => {
    expect(listedElements('slots', JSON.stringify({ nftables: [{ map: { name: 'slots' } }] }))).toEqual([]);
  });
});
