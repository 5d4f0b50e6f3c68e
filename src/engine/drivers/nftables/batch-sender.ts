/**
 * Hands the kernel a batch of netlink messages, which comes in hexadecimal on standard input, as one datagram: all of it
 * happens or none. Ends well when each message was acknowledged, as many as the argument says. Perl, as the readers are.
 *
 * 12: NETLINK_NETFILTER; option 32: SO_SNDBUFFORCE. An acknowledgement is an error (2) whose number is 0. The kernel has
 * done its work, and told of it, when `send` returns.
 */
export const BATCH_SENDER = String.raw`
use strict;
use Socket;
my ($due) = @ARGV;
local $/;
my $batch = pack 'H*', <STDIN>;
socket(my $socket, 16, SOCK_RAW, 12) or die "socket: $!\n";
setsockopt($socket, SOL_SOCKET, 32, pack('i', 2 * length $batch)) or die "buffer: $!\n";
defined send($socket, $batch, 0) or die "send: $!\n";
while ($due > 0) {
  my $ready = '';
  vec($ready, fileno $socket, 1) = 1;
  select($ready, undef, undef, 1) > 0 or die "the kernel acknowledged too little\n";
  defined recv($socket, my $answer, 1 << 16, 0) or die "recv: $!\n";
  for (my $at = 0; $at + 20 <= length $answer;) {
    my ($length, $type, $error) = unpack "\@$at L S x10 l", $answer;
    die 'refused: ', $! = -$error, "\n" if $type == 2 && $error != 0;
    $due-- if $type == 2;
    last if $length < 16;
    $at += $length + 3 & ~3;
  }
}`;
