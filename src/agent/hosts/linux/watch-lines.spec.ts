import { describe, expect, it } from 'vitest';
import { isNewsOfIp, isNewsOfTable } from './watch-lines.js';

describe('lines of `ip monitor`', () => {
  it.each([
    '[ADDR]Deleted 1: lo    inet 192.0.2.200/32 scope global lo\\       valid_lft forever preferred_lft forever',
    '[LINK]3: eth1@p1: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default \\    link/ether ...',
    '[ROUTE]default via 192.0.2.1 dev eth0 ',
    '[ROUTE]Deleted default via 2001:db8::1 dev eth0 metric 1024 pref medium',
    'netlink receive error No buffer space available (105)',
    '',
  ])('%j is worth a look', (line) => expect(isNewsOfIp(line)).toBe(true));

  it.each([
    '[ROUTE]local 192.0.2.200 dev lo table local proto kernel scope host src 192.0.2.200 ',
    '[ROUTE]Deleted 198.51.100.0/24 via 192.0.2.254 dev eth0 proto bird ',
    '[ROUTE]multicast ff00::/8 dev eth0 table local proto kernel metric 256 pref medium',
  ])('%j is not', (line) => expect(isNewsOfIp(line)).toBe(false));
});

describe('lines of `nft monitor`', () => {
  it.each([
    'delete table arp homeward',
    'add rule arp homeward input arp operation request drop',
    'delete element arp homeward vips { 192.0.2.200 }',
    '# ERROR: We lost some netlink events!',
  ])('%j is worth a look', (line) => expect(isNewsOfTable('homeward', line)).toBe(true));

  it.each(['add table ip docker', '# new generation 4 by process 11519 (nft)', 'add table ip homeward-not'])(
    '%j is not',
    (line) => expect(isNewsOfTable('homeward', line)).toBe(false),
  );
});
