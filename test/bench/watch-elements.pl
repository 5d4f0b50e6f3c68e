# Prints a line for every element that comes into or leaves a map of nf_tables in this network namespace, when the
# kernel has committed it: `add MAP KEY` or `delete MAP KEY`, the key in hexadecimal.
# It stands in for `nft monitor`, which first reads every element there is: 18 s and 1 GB with 10,000 services.
use strict;
use warnings;

# From linux/socket.h, netlink.h, nfnetlink.h and nf_tables.h.
use constant {
    AF_NETLINK => 16, SOCK_RAW => 3, NETLINK_NETFILTER => 12, SOL_NETLINK => 270, SOL_SOCKET => 1, SO_RCVBUF => 8,
    NETLINK_ADD_MEMBERSHIP => 1, NFNLGRP_NFTABLES => 7, ENOBUFS => 105,
    NEW_ELEMENT => 10 << 8 | 12, DELETED_ELEMENT => 10 << 8 | 14,
    LIST_SET => 2, LIST_ELEMENTS => 3, ELEMENT_KEY => 1, DATA_VALUE => 1,
};
use constant { BUFFER_BYTES => 16_777_216, MESSAGE_BYTES => 1_048_576, MESSAGE_HEADER => 16, NFNETLINK_HEADER => 4 };

socket(my $events, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) or die "socket: $!\n";
setsockopt($events, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES) or die "SO_RCVBUF: $!\n";
bind($events, pack('S S L L', AF_NETLINK, 0, 0, 0)) or die "bind: $!\n";
setsockopt($events, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, pack('i', NFNLGRP_NFTABLES)) or die "membership: $!\n";
$| = 1;
print "listening\n";

while (1) {
    if (!defined recv($events, my $datagram, MESSAGE_BYTES, 0)) {
        die "recv: $!\n" if $! != ENOBUFS;
        print "lost\n";
        next;
    }
    else {
        print lines_of($datagram);
    }
}

sub lines_of {
    my ($datagram) = @_;
    my ($lines, $at) = ('', 0);
    while ($at + MESSAGE_HEADER <= length $datagram) {
        my ($length, $type) = unpack("x$at L S", $datagram);
        last if $length < MESSAGE_HEADER;
        my $verb = $type == NEW_ELEMENT ? 'add' : $type == DELETED_ELEMENT ? 'delete' : undef;
        my $start = $at + MESSAGE_HEADER + NFNETLINK_HEADER;
        $lines .= element_lines($verb, substr $datagram, $start, $at + $length - $start) if defined $verb;
        $at += ($length + 3) & ~3;
    }
    return $lines;
}

sub element_lines {
    my ($verb, $body) = @_;
    my %list = attributes($body);
    my ($map) = unpack('Z*', $list{(LIST_SET)}[0]);
    return join '', map { "$verb $map " . unpack('H*', key_of($_)) . "\n" } each_of($list{(LIST_ELEMENTS)}[0]);
}

sub each_of {
    my %elements = attributes($_[0]);
    return map { @$_ } values %elements;
}

sub key_of {
    my %element = attributes($_[0]);
    my %key = attributes($element{(ELEMENT_KEY)}[0] // '');
    return $key{(DATA_VALUE)}[0] // '';
}

# Attributes by type; the upper two bits of a type are flags.
sub attributes {
    my ($text) = @_;
    my (%found, $at);
    $at = 0;
    while ($at + 4 <= length $text) {
        my ($length, $type) = unpack("x$at S S", $text);
        last if $length < 4;
        push @{ $found{ $type & 0x3fff } }, substr $text, $at + 4, $length - 4;
        $at += ($length + 3) & ~3;
    }
    return %found;
}
