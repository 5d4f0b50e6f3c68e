/**
 * Tells of policies of the second lock that went or were changed. `ip xfrm monitor` prints a page for each policy, whoever's;
 * this listener reads the kernel's messages (linux/xfrm.h) as far as it takes to tell ours from an operator's, by the prefix
 * lengths that second-lock.ts writes, and an update by the engine from any other, by what it says. It prints the VIPs, each
 * once in a burst: the kernel does not tell who sent a change. Where it has no such policies there is nothing to hear.
 */
import { OWN_PRIORITY } from '../network/second-lock.js';

/** So many VIPs of one burst are named. */
const MOST_VIPS = 64;

/**
 * 6: NETLINK_XFRM; group 4: XFRMNLGRP_POLICY. Kinds of messages: 0x14 and 0x19 are policies that went or changed, 0x1d all that
 * went. The first two begin with the selector: its destination first, both prefix lengths 42 bytes into it. Of a policy that
 * changed, priority and action (1: block) lie 152 bytes behind that beginning and nine further.
 */
const PROGRAM = String.raw`
use strict;
use Socket qw(:DEFAULT inet_ntop);
my ($own, $most) = @ARGV;
$| = 1;
if (!socket(my $socket, 16, SOCK_RAW, 6)) {
  print "no policies here: $!\n";
  sleep while 1;
} else {
  setsockopt($socket, SOL_SOCKET, 33, pack('i', 32 << 20));
  bind($socket, pack('SSLL', 16, 0, 0, 0)) or die "bind: $!\n";
  setsockopt($socket, 270, 1, pack('i', 4)) or die "cannot listen: $!\n";
  print "listening\n";
  my ($buffer, $many, %vips) = ('', 0);
  while (1) {
    if (!defined recv($socket, $buffer, 1 << 16, $many || %vips ? 0x40 : 0)) {
      next if $!{EINTR};
      if ($!{ENOBUFS}) { $many = 1; next }
      die "recv: $!\n" if !$!{EAGAIN};
      print $many || keys %vips > $most ? "unlocked *\n" : "unlocked " . join(',', sort keys %vips) . "\n";
      ($many, %vips) = (0);
      next;
    }
    my ($at, $end) = (0, length $buffer);
    while ($at + 16 <= $end) {
      my ($length, $kind) = unpack "\@$at L S", $buffer;
      last if $length < 16;
      if ($kind == 0x1d) { $many = 1 }
      elsif (($kind == 0x14 || $kind == 0x19) && $length >= 76) {
        my ($vip, $to, $from) = unpack "\@$at x16 a16 x26 C C", $buffer;
        my ($priority, $action) = $kind == 0x19 ? unpack "\@$at x168 L x5 C", $buffer : (0, 0);
        my $ours = $from == 1 && ($to == 32 || $to == 128) && !($priority == $own && $action == 1);
        $vips{$to == 32 ? inet_ntop(AF_INET, substr $vip, 0, 4) : inet_ntop(AF_INET6, $vip)} = 1 if $ours && keys %vips <= $most;
      }
      $at += $length + 3 & ~3;
    }
  }
}`;

export const POLICY_MONITOR = ['perl', '-e', PROGRAM, `${OWN_PRIORITY}`, `${MOST_VIPS}`] as const;
