#!/usr/bin/perl
# Sends ICMP errors about packets from a VIP, as a router does that cannot send a reply on. Each quotes another packet.
# Arguments: destination of the error, type, code, protocol and port of the service, source of the quoted packets (a
# VIP), their destination, first destination port, how many; first octet of a quoted IPv4 header (69: no options).
use strict;
use warnings;
use Socket qw(AF_INET AF_INET6 SOCK_RAW inet_pton pack_sockaddr_in pack_sockaddr_in6);

my ($to, $type, $code, $protocol, $port, $vip, $client, $first, $count, $begins) = (@ARGV, 0x45);
my $six = $to =~ /:/;
my $family = $six ? AF_INET6 : AF_INET;
# The kernel fills in the checksum of ICMPv6, and that of ICMP not.
socket(my $socket, $family, SOCK_RAW, $six ? 58 : 1) or die "socket: $!\n";
my $address = inet_pton($family, $to);
my $peer = $six ? pack_sockaddr_in6(0, $address) : pack_sockaddr_in(0, $address);
my ($from, $towards) = map { inet_pton($family, $_) } $vip, $client;
for my $index (0 .. $count - 1) {
  my $quoted = $six
    ? pack('NnCCa16a16', 0x60000000, 1400, $protocol, 60, $from, $towards)
    : pack('CCnnnCCna4a4', $begins, 0, 1400, 1, 0x4000, 60, $protocol, 0, $from, $towards);
  # Ports, and the sequence number of TCP or what UDP has there.
  my $message = pack('CCnN', $type, $code, 0, 1400) . $quoted . pack('nnN', $port, $first + $index, 1);
  substr($message, 2, 2) = pack('n', checksum($message)) unless $six;
  send($socket, $message, 0, $peer) or die "send: $!\n";
}

# RFC 1071.
sub checksum {
  my $sum = 0;
  $sum += $_ for unpack('n*', $_[0]);
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  return ~$sum & 0xffff;
}
