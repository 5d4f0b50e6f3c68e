/**
 * Tells of each transaction that touched our table, with the process that sent it. `nft monitor` would do so too, and reads
 * the whole table first: with 10,000 services that takes 16 s and 950 MB. This listener knows no table. It reads the
 * kernel's messages (linux/netfilter/nf_tables.h) as far as the names of table and map, and prints a line when a
 * transaction ends. Perl is part of every Debian and most other hosts; where it is not, the engine looks by poll.
 */
import { TABLE } from '../../forwarding/layout.js';

const [, NAME = ''] = TABLE.split(' ');

/** So many elements of one transaction are named: each is asked for again. */
export const MOST_PLACES = 4_096;

/** nfgenmsg: NFPROTO_NETDEV. */
const FAMILY = 5;

/**
 * What the engine loads is passed over, a datagram at a time, for one is of one transaction: to read all that is told of 440,000
 * elements took half a second just when it mattered. `own PID` on standard input says who sends such transactions; of a process
 * that it was not told of in time, it prints what it heard.
 *
 * 12: NETLINK_NETFILTER; group 7: NFNLGRP_NFTABLES; subsystem 10: NFNL_SUBSYS_NFTABLES. Kinds of messages: 0 and 2 are
 * tables that came and went, 9 and 11 maps, 12 and 14 elements; 15 ends a transaction. The first attribute names the
 * table, in messages of elements the second one the map, and the third holds one element, whose key begins eight headers'
 * bytes further, behind its length. Of maps with very many elements (named-elements.ts) each is named, by its key in hexadecimal; of
 * more than a limit none, and `*` stands for all.
 */
const PROGRAM = String.raw`
use strict;
use IO::Handle;
use Socket;
my ($family, $table, $most) = @ARGV;
$| = 1;
socket(my $socket, 16, SOCK_RAW, 12) or die "socket: $!\n";
setsockopt($socket, SOL_SOCKET, 33, pack('i', 32 << 20));
bind($socket, pack('SSLL', 16, 0, 0, 0)) or die "bind: $!\n";
setsockopt($socket, 270, 1, pack('i', 7)) or die "cannot listen: $!\n";
print "listening\n";
my ($buffer, $structure, %maps, %places) = ('', 0);
STDIN->blocking(0);
my ($told, %own) = ('');
sub of_engine {
  my ($sender) = @_;
  while (sysread STDIN, $told, 4096, length $told) {}
  while ($told =~ s/^own (\d+)\n//) { $own{$1} = 1 }
  return $own{$sender};
}
while (1) {
  if (!defined recv($socket, $buffer, 1 << 18, 0)) {
    next if $!{EINTR};
    die "recv: $!\n" if !$!{ENOBUFS};
    print "lost\n";
    next;
  }
  my $end = length $buffer;
  my ($subject, $by) = unpack '@4 S x6 L', $buffer;
  if (of_engine($by)) {
    delete $own{$by} if $subject == (10 << 8 | 15);
    next;
  }
  for (my $at = 0; $at + 24 <= $end;) {
    my ($length, $type, undef, undef, $sender, $of, undef, undef, $first) = unpack "\@$at L S S L L C C S S", $buffer;
    my $kind = $type & 255;
    if ($type >> 8 == 10 && $kind == 15) {
      my ($process) = substr($buffer, $at, $length) =~ /\x00\x03\x00([\w.-]+)\x00/;
      my $places = keys %places > $most ? '*' : join(',', sort keys %places) || '-';
      print join(' ', 'commit', $sender, $process // '-', $structure, join(',', sort keys %maps) || '-', $places), "\n"
        if $structure || %maps;
      ($structure, %maps, %places) = (0);
    } elsif ($type >> 8 == 10 && $of == $family && substr($buffer, $at + 24, $first - 4) eq "$table\x00") {
      if ($kind == 12 || $kind == 14) {
        my $next = $at + 20 + ($first + 3 & ~3);
        my $map = unpack "\@$next x4 Z*", $buffer;
        $maps{$map} = 1;
        my $elements = $next + (unpack("\@$next S", $buffer) + 3 & ~3);
        if (keys %places <= $most && $map =~ /^(?:slots|takers|straight[46]|backends[46]\..*)\z/) {
          my $size = unpack "\@$elements x12 S", $buffer;
          $places{"$map:" . unpack 'H*', substr $buffer, $elements + 16, $size - 4} = 1;
        }
      } else {
        my $depth = $kind == 0 || $kind == 2 || $kind == 9 || $kind == 11 ? 2 : 1;
        $structure = $depth if $depth > $structure;
      }
    }
    last if $length < 16;
    $at += $length + 3 & ~3;
  }
}`;

export const TABLE_MONITOR = ['perl', '-e', PROGRAM, `${FAMILY}`, NAME, `${MOST_PLACES}`] as const;
