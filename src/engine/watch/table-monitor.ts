/**
 * Tells of each transaction that touched our table, with the process that sent it. `nft monitor` would do so too, and reads
 * the whole table first: with 10,000 services that takes 16 s and 950 MB. This listener knows no table. It reads the
 * kernel's messages (linux/netfilter/nf_tables.h) as far as the names of table and map, and prints a line when a
 * transaction ends. Perl is part of every Debian and most other hosts; where it is not, the engine looks by poll.
 */
import { TABLE } from '../drivers/nftables/layout.js';

const [, NAME = ''] = TABLE.split(' ');

/** nfgenmsg: NFPROTO_NETDEV. */
const FAMILY = 5;

/**
 * 12: NETLINK_NETFILTER; group 7: NFNLGRP_NFTABLES; subsystem 10: NFNL_SUBSYS_NFTABLES. Kinds of messages: 12 and 14 are
 * elements that came and went, 15 ends a transaction. The first attribute names the table, in messages of elements the
 * second one the map, and the third holds one element, whose key begins eight headers' bytes further.
 */
const PROGRAM = String.raw`
use strict;
use Socket;
my ($family, $table) = @ARGV;
$| = 1;
socket(my $socket, 16, SOCK_RAW, 12) or die "socket: $!\n";
setsockopt($socket, SOL_SOCKET, 33, pack('i', 32 << 20));
bind($socket, pack('SSLL', 16, 0, 0, 0)) or die "bind: $!\n";
setsockopt($socket, 270, 1, pack('i', 7)) or die "cannot listen: $!\n";
print "listening\n";
my ($buffer, $structure, %maps, %numbers) = ('', 0);
while (1) {
  if (!defined recv($socket, $buffer, 1 << 18, 0)) {
    next if $!{EINTR};
    die "recv: $!\n" if !$!{ENOBUFS};
    print "lost\n";
    next;
  }
  my $end = length $buffer;
  for (my $at = 0; $at + 24 <= $end;) {
    my ($length, $type, undef, undef, $sender, $of, undef, undef, $first) = unpack "\@$at L S S L L C C S S", $buffer;
    my $kind = $type & 255;
    if ($type >> 8 == 10 && $kind == 15) {
      my ($process) = substr($buffer, $at, $length) =~ /\x00\x03\x00([\w.-]+)\x00/;
      print join(' ', 'commit', $sender, $process // '-', $structure, join(',', sort keys %maps) || '-', join(',', sort keys %numbers) || '-'), "\n"
        if $structure || %maps;
      ($structure, %maps, %numbers) = (0);
    } elsif ($type >> 8 == 10 && $of == $family && substr($buffer, $at + 24, $first - 4) eq "$table\x00") {
      if ($kind == 12 || $kind == 14) {
        my $next = $at + 20 + ($first + 3 & ~3);
        my $map = unpack "\@$next x4 Z*", $buffer;
        $maps{$map} = 1;
        my $elements = $next + (unpack("\@$next S", $buffer) + 3 & ~3);
        $numbers{unpack "\@$elements x16 L", $buffer} = 1 if $map eq 'slots' && keys %numbers < 1000;
      } else {
        $structure = 1;
      }
    }
    last if $length < 16;
    $at += $length + 3 & ~3;
  }
}`;

export const TABLE_MONITOR = ['perl', '-e', PROGRAM, `${FAMILY}`, NAME] as const;
