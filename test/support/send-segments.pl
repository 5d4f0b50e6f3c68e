#!/usr/bin/perl
# Sends single TCP segments without a connection behind them, as a flood from made-up sources does.
# Arguments: source, destination, port, flags (a number, RFC 9293, 3.1), first source port, how many.
use strict;
use warnings;
use Socket qw(inet_aton pack_sockaddr_in AF_INET SOCK_RAW);

my ($source, $destination, $port, $flags, $first, $count) = @ARGV;
# IPPROTO_RAW: the program writes the IP header; the kernel fills in its checksum and length.
socket(my $socket, AF_INET, SOCK_RAW, 255) or die "socket: $!\n";
my $to = pack_sockaddr_in(0, inet_aton($destination));
for my $index (0 .. $count - 1) {
  my $ip = pack('CCnnnCCna4a4', 0x45, 0, 40, 0, 0, 64, 6, 0, inet_aton($source), inet_aton($destination));
  # The checksum of TCP stays 0: a director does not look at it, and no server answers.
  my $tcp = pack('nnNNCCnnn', $first + $index, $port, 1, 1, 0x50, $flags, 1024, 0, 0);
  send($socket, $ip . $tcp, 0, $to) or die "send: $!\n";
  # A veth drops what its queue cannot take.
  select(undef, undef, undef, 0.002) if $index % 100 == 99;
}
