# Prints how many elements a map of the table `netdev homeward` holds in the kernel of this network namespace.
# nft would read all maps to list one, which takes minutes with 10,000 services.
use strict;
use warnings;

# From linux/socket.h, netlink.h, nfnetlink.h and nf_tables.h.
use constant {
    AF_NETLINK => 16, SOCK_RAW => 3, NETLINK_NETFILTER => 12, NLM_F_REQUEST_DUMP => 0x301, NLMSG_ERROR => 2,
    NLMSG_DONE => 3, GET_ELEMENTS => 10 << 8 | 13, NFPROTO_NETDEV => 5, LIST_TABLE => 1, LIST_SET => 2,
    LIST_ELEMENTS => 3,
};
use constant { MESSAGE_BYTES => 1_048_576, MESSAGE_HEADER => 16, NFNETLINK_HEADER => 4 };

my ($map) = @ARGV;
socket(my $kernel, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) or die "socket: $!\n";
my $body = pack('C C n', NFPROTO_NETDEV, 0, 0) . text(LIST_TABLE, 'homeward') . text(LIST_SET, $map);
my $request = pack('L S S L L', MESSAGE_HEADER + length $body, GET_ELEMENTS, NLM_F_REQUEST_DUMP, 1, 0) . $body;
send($kernel, $request, 0, pack('S S L L', AF_NETLINK, 0, 0, 0)) or die "send: $!\n";

my $count = 0;
while (1) {
    defined recv($kernel, my $datagram, MESSAGE_BYTES, 0) or die "recv: $!\n";
    my $at = 0;
    while ($at + MESSAGE_HEADER <= length $datagram) {
        my ($length, $type) = unpack("x$at L S", $datagram);
        die "the kernel refuses\n" if $type == NLMSG_ERROR;
        if ($type == NLMSG_DONE) { print "$count\n"; exit 0 }
        my $start = $at + MESSAGE_HEADER + NFNETLINK_HEADER;
        $count += elements_in(substr $datagram, $start, $at + $length - $start);
        $at += ($length + 3) & ~3;
    }
}

sub elements_in {
    my ($text) = @_;
    my ($at, $found) = (0, 0);
    while ($at + 4 <= length $text) {
        my ($length, $type) = unpack("x$at S S", $text);
        last if $length < 4;
        # Within the list, every attribute is one element.
        $found += children(substr $text, $at + 4, $length - 4) if ($type & 0x3fff) == LIST_ELEMENTS;
        $at += ($length + 3) & ~3;
    }
    return $found;
}

sub children {
    my ($text) = @_;
    my ($at, $found) = (0, 0);
    while ($at + 4 <= length $text) {
        $found++;
        $at += (unpack("x$at S", $text) + 3) & ~3;
    }
    return $found;
}

sub text {
    my ($type, $value) = @_;
    my $length = 5 + length $value;
    return pack('S S a* x', $length, $type, $value) . "\0" x (-$length & 3);
}
