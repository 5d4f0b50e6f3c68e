#!/usr/bin/perl
# Sends SYN segments as frames, each from an address that nobody sent from before: 10.0.0.0/8, or 2001:db8:f::/48.
# Arguments: interface, its Ethernet address and that of the director (without colons), VIP, port, how many.
use strict;
use warnings;
use Socket qw(AF_INET AF_INET6 SOCK_RAW inet_pton);

use constant { AF_PACKET => 17, SIOCGIFINDEX => 0x8933, ETHERTYPE => { 4 => 0x0800, 6 => 0x86dd } };
# Frames at a time: a veth drops what its queue cannot take.
use constant { BURST => 300, PAUSE => 0.0001 };

my ($device, $own, $director, $vip, $port, $count) = @ARGV;
my $family = $vip =~ /:/ ? 6 : 4;
my $type = ETHERTYPE->{$family};
socket(my $socket, AF_PACKET, SOCK_RAW, 0) or die "socket: $!\n";
my $request = pack 'a16 x24', $device;
ioctl($socket, SIOCGIFINDEX, $request) or die "ioctl: $!\n";
my $link = pack 'S n i S C C a8', AF_PACKET, $type, unpack('x16 i', $request), 0, 0, 6, pack('H*', $director);
my $ethernet = pack 'H12 H12 n', $director, $own, $type;
# Nobody on the way looks at the checksum of TCP; a bridge may at that of IPv4.
my $tcp = pack 'nnNNCCnnn', 40_000, $port, 1, 0, 0x50, 0x02, 1024, 0, 0;
my $head = $family == 4
  ? pack('CCnnnCCn', 0x45, 0, 40, 0, 0, 64, 6, 0)
  : pack('NnCC', 0x60000000, 20, 6, 64) . substr(inet_pton(AF_INET6, '2001:db8:f::'), 0, 12);
my $tail = inet_pton($family == 4 ? AF_INET : AF_INET6, $vip) . $tcp;
my $sum = 0;
$sum += $_ for unpack('n*', $head . substr($tail, 0, 4));
for my $source (0x0a000001 .. 0x0a000000 + $count) {
  if ($family == 4) {
    my $all = $sum + ($source >> 16) + ($source & 0xffff);
    $all = ($all & 0xffff) + ($all >> 16) while $all >> 16;
    substr($head, 10, 2) = pack('n', ~$all & 0xffff);
  }
  send($socket, $ethernet . $head . pack('N', $source) . $tail, 0, $link) or die "send: $!\n";
  select(undef, undef, undef, PAUSE) if $source % BURST == 0;
}
