import { describe, expect, it } from 'vitest';
import { keyDigits, spelledKey } from '../drivers/nftables/named-elements.js';
import { commitIn, hostEventIn, unlockedIn } from './read-events.js';

it('lines of the monitor of policies tell of the VIPs that they are for', () => {
  expect(unlockedIn('unlocked 192.0.2.200,2001:db8::1')).toEqual(['192.0.2.200', '2001:db8::1']);
  expect(unlockedIn('unlocked *')).toBe('all');
  expect(['listening', 'no policies here: Protocol not supported'].map(unlockedIn)).toEqual([null, null]);
});

describe('lines of the table monitor', () => {
  it('tell who changed which maps, and which elements where there are very many', () => {
    expect(
      commitIn('commit 4711 nft 0 services4,slots slots:0500000000000000,slots:1100000003000000'),
    ).toEqual({
      sender: 4711,
      program: 'nft',
      rules: false,
      table: false,
      maps: ['services4', 'slots'],
      places: ['slots 5 . 0', 'slots 17 . 3'],
    });
    expect(commitIn('commit 4711 nft 0 slots *')).toMatchObject({ maps: ['slots'], places: 'all' });
  });

  it.each([
    ['takers:0300000020000000', 'takers 3 . 32'],
    ['backends4.eth0:0c000000', 'backends4.eth0 12'],
    ['backends6.bond0.7:1f000000', 'backends6.bond0.7 31'],
    ['straight4:c00002c8000000060050000078000000', 'straight4 192.0.2.200 . 6 . 80 . 120'],
    [
      'straight6:20010db800020000000000000000020006000000005000006d000000',
      'straight6 2001:db8:2::200 . tcp . 80 . 109',
    ],
  ])('name an element as it is written: %s', (printed, place) => {
    expect(commitIn(`commit 4711 nft 0 any ${printed}`)).toMatchObject({ places: [place] });
    const [map = '', digits = ''] = printed.split(/:(?=[^:]*$)/);
    expect(keyDigits(map, spelledKey(map, digits))).toBe(digits);
  });

  it('tell of rules, and of the table and its maps', () => {
    const nothing = { maps: [], places: [] };
    expect(commitIn('commit 4711 firewalld 1 - -')).toMatchObject({ ...nothing, rules: true, table: false });
    expect(commitIn('commit 4711 firewalld 2 - -')).toMatchObject({ ...nothing, rules: false, table: true });
  });

  it('tell that events were lost', () => expect(commitIn('lost')).toBe('lost'));

  it.each(['listening', '', 'recv: Bad file descriptor'])('%j tells of nothing', (line) =>
    expect(commitIn(line)).toBeNull(),
  );
});

describe('lines of `ip monitor`', () => {
  const own = ' metric 1213156677 ';
  it.each([
    [
      '[ADDR]Deleted 2: eth0    inet 192.0.2.200/32 metric 1213156677 scope global eth0\\       valid_lft forever',
      { kind: 'gone', address: '192.0.2.200' },
    ],
    [
      '[ADDR]Deleted 2: eth0    inet6 2001:db8::1/128 scope global ',
      { kind: 'gone', address: '2001:db8::1' },
    ],
    ['[LINK]Deleted 3: eth0@if2: <BROADCAST> mtu 1500', { kind: 'interface', name: 'eth0' }],
    ['[LINK]3: bond0.7: <BROADCAST,UP> mtu 1500', { kind: 'interface', name: 'bond0.7' }],
    ['[ADDR]2: eth0    inet 192.0.2.2/24 scope global eth0', { kind: 'address' }],
    ['netlink receive error No buffer space available (105)', { kind: 'lost' }],
    ['[ADDR]2: eth0    inet 192.0.2.200/32 metric 1213156677 scope global eth0', null],
  ])('%j', (line, event) => expect(hostEventIn(line, own)).toEqual(event));
});
