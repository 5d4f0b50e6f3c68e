/**
 * A program in Perl that asks the kernel for elements of the table `netdev homeward` over netlink: constant text, that
 * nothing from outside gets into. nft cannot stand in for it: nft 1.0.6 reads all elements of all maps before it shows a
 * single one (10 s with 400,000 flows), and holds a whole map in memory to list it.
 *
 * Requests come as lines behind the text, keys and values in hexadecimal as the kernel has them; `-` is nothing:
 *   get MAP KEY                                 get MAP KEY VALUE PACKETS BYTES EXPIRES, or get MAP KEY
 *   scan MAP PREFIX AFTER VALUES LIMIT          flow MAP KEY VALUE EXPIRES, for the first LIMIT keys above AFTER in order
 *                                               count MAP VALUE N, all that match, by value
 *   tally MAP                                   count MAP VALUE N, by value
 *   all MAP                                     get MAP KEY VALUE PACKETS BYTES EXPIRES, for each element
 *   slots                                       slot SERVICE SLOT SERVER, in decimal, for each
 *   sums MAP                                    sum MAP SERVICE COUNT SUM of its slots, as slot-sum.ts adds them up; SERVICE is the key
 *                                               but for the slot, in hexadecimal
 *   gently                                      lets everything else on the host go first from now on
 * A line `interrupted` tells that elements were changed while they were read: some may be missing, or be there twice.
 * The last line is `done`, or `late` when the time was up.
 */
export const ELEMENT_READER = String.raw`
use strict;
use warnings;

# From linux/socket.h, netlink.h, nfnetlink.h and nf_tables.h.
use constant {
    AF_NETLINK => 16, SOCK_RAW => 3, NETLINK_NETFILTER => 12, NFPROTO_NETDEV => 5, NESTED => 0x8000,
    REQUEST => 0x1, DUMP => 0x300, ERROR => 2, DONE => 3, NEW_ELEMENT => 10 << 8 | 12, GET_ELEMENT => 10 << 8 | 13,
    LIST_TABLE => 1, LIST_SET => 2, LIST_ELEMENTS => 3, LIST_ELEMENT => 1,
    KEY => 1, DATA => 2, EXPIRATION => 5, EXPRESSION => 7, VALUE => 1, NAME => 1, COUNTER => 2, BYTES => 1, PACKETS => 2,
    ENOENT => 2, EINTR => 4, INTERRUPTED => 0x10,
};
# A datagram of a dump; a header of netlink and one of nfnetlink come before the attributes.
use constant { LARGEST => 1_048_576, HEADERS => 20, LEAST_PRIORITY => 19 };

my $late = 0;
$SIG{ALRM} = sub { $late = 1 };
socket(my $kernel, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) or die "socket: $!\n";
my ($sequence, $interrupted) = (0, 0);

while (my $line = <DATA>) {
    my ($verb, @given) = split ' ', $line;
    alarm $given[0] if $verb eq 'seconds';
    setpriority 0, 0, LEAST_PRIORITY if $verb eq 'gently';
    get(@given) if $verb eq 'get';
    scan(@given) if $verb eq 'scan';
    tally(@given) if $verb eq 'tally';
    dump_of($given[0], sub { print entry($given[0], $_[0]) }) if $verb eq 'all';
    slots() if $verb eq 'slots';
    sums(@given) if $verb eq 'sums';
    last if $late;
}
print "interrupted\n" if $interrupted;
print $late ? "late\n" : "done\n";

sub get {
    my ($map, $key) = @_;
    my $value = attribute(VALUE, pack('H*', $key));
    my $element = attribute(LIST_ELEMENT | NESTED, attribute(KEY | NESTED, $value));
    ask($map, REQUEST, attribute(LIST_ELEMENTS | NESTED, $element));
    my $found;
    receive(sub { $found //= entry($map, $_[0]) }, 1);
    print $found // "get $map $key\n";
}

# Keys that begin with the prefix, of the values that are named, with commas between them.
sub scan {
    my ($map, $prefix, $after, $values, $limit) = map { $_ eq '-' ? '' : $_ } @_;
    my ($begin, $above) = map { pack 'H*', $_ } $prefix, $after;
    my %wanted = map { pack('H*', $_) => 1 } split /,/, $values;
    my ($width, %count, %page) = (length $begin);
    dump_of($map, sub {
        # The attribute of the key comes first, its value first in it: two headers.
        return if substr($_[0], 8, $width) ne $begin;
        my $value = value_behind_key($_[0]);
        return if %wanted && !$wanted{$value};
        my %element = attributes($_[0]);
        my $key = value_of($element{(KEY)});
        return if $key le $above;
        $count{$value}++;
        return if $limit == 0;
        $page{$key} = [$value, expiry(\%element)];
        keep_first(\%page, $limit) if keys %page >= 2 * $limit + 64;
    });
    keep_first(\%page, $limit);
    print map { join(' ', 'flow', $map, unpack('H*', $_), unpack('H*', $page{$_}[0]), $page{$_}[1]) . "\n" } sort keys %page;
    print map { "count $map " . unpack('H*', $_) . " $count{$_}\n" } keys %count;
}

# A mark: the attribute of the data comes second, its value first in it.
sub value_behind_key {
    return substr $_[0], (unpack('S', $_[0]) + 3 & ~3) + 8, 4;
}

sub keep_first {
    my ($page, $limit) = @_;
    my @keys = sort keys %$page;
    delete @$page{ @keys[$limit .. $#keys] } if @keys > $limit;
}

sub tally {
    my ($map) = @_;
    my %count;
    dump_of($map, sub { $count{ value_behind_key($_[0]) }++ });
    print map { "count $map " . unpack('H*', $_) . " $count{$_}\n" } keys %count;
}

# Of an element, the key's two numbers come behind two headers, and its value behind two more.
sub slots {
    dump_of('slots', sub { print join(' ', 'slot', unpack 'x8 L L x8 L', $_[0]) . "\n" });
}

# The slot comes last in the key, which the widths are of what comes before it.
sub sums {
    my ($map) = @_;
    my $width = { slots => 4, straight4 => 12, straight6 => 24 }->{$map};
    my (%count, %sum);
    dump_of($map, sub {
        my ($service, $slot, $server) = unpack "x8 a$width L x8 L", $_[0];
        $count{$service}++;
        my $hash = $slot * 0x9e3779b1 + $server & 0xffffffff;
        $hash = ($hash ^ $hash >> 16) * 0x85ebca6b & 0xffffffff;
        $sum{$service} += $hash ^ $hash >> 13;
    });
    print map { "sum $map " . unpack('H*', $_) . " $count{$_} $sum{$_}\n" } keys %count;
}

sub dump_of {
    my ($map, $each) = @_;
    ask($map, REQUEST | DUMP, '');
    receive($each, 0);
}

sub ask {
    my ($map, $flags, $elements) = @_;
    my $body = pack('C C n', NFPROTO_NETDEV, 0, 0) . attribute(LIST_TABLE, "homeward\0") . attribute(LIST_SET, "$map\0") . $elements;
    my $request = pack('L S S L L', 16 + length $body, GET_ELEMENT, $flags, ++$sequence, 0) . $body;
    send($kernel, $request, 0, pack('S S L L', AF_NETLINK, 0, 0, 0)) or die "send: $!\n";
}

# Hands over each element, without the header of its attribute, until the answer ends or it is late.
sub receive {
    my ($each, $single) = @_;
    until ($late) {
        if (!defined recv($kernel, my $datagram, LARGEST, 0)) {
            next if $! == EINTR;
            die "recv: $!\n";
        }
        else {
            return if taken($datagram, $each) || $single;
        }
    }
}

# Whether the datagram ends the answer.
sub taken {
    my ($datagram, $each) = @_;
    my ($at, $size) = (0, length $datagram);
    while ($at + 16 <= $size) {
        my ($length, $type, $flags, $number) = unpack 'L S S L', substr $datagram, $at, 12;
        $interrupted = 1 if $flags & INTERRUPTED;
        return 1 if $type == DONE && $number == $sequence;
        return refused(substr $datagram, $at + 16, 4) if $type == ERROR && $number == $sequence;
        elements_of(substr($datagram, $at + HEADERS, $length - HEADERS), $each) if $type == NEW_ELEMENT;
        $at += $length + 3 & ~3;
    }
    return 0;
}

sub refused {
    my $error = -unpack 'l', $_[0];
    return 1 if $error == ENOENT;
    $! = $error;
    die "the kernel refuses: $!\n";
}

sub elements_of {
    my ($text, $each) = @_;
    my $list = { attributes($text) }->{(LIST_ELEMENTS)} // return;
    my ($at, $size) = (0, length $list);
    while ($at + 4 <= $size) {
        my $length = unpack 'S', substr $list, $at, 2;
        $each->(substr $list, $at + 4, $length - 4);
        $at += $length + 3 & ~3;
    }
}

sub entry {
    my ($map, $text) = @_;
    my %element = attributes($text);
    my ($packets, $bytes) = ('-', '-');
    my %expression = attributes($element{(EXPRESSION)} // '');
    if (($expression{(NAME)} // '') eq "counter\0") {
        my %counter = attributes($expression{(COUNTER)});
        ($packets, $bytes) = map { unpack 'Q>', $counter{$_} } PACKETS, BYTES;
    }
    my ($key, $value) = map { unpack 'H*', value_of($element{$_}) } KEY, DATA;
    return join(' ', 'get', $map, $key, $value eq '' ? '-' : $value, $packets, $bytes, expiry(\%element)) . "\n";
}

sub expiry {
    my ($element) = @_;
    return defined $element->{(EXPIRATION)} ? unpack('Q>', $element->{(EXPIRATION)}) : '-';
}

sub value_of {
    my %data = attributes($_[0] // '');
    return $data{(VALUE)} // '';
}

# By type; the two upper bits of a type are flags.
sub attributes {
    my ($text) = @_;
    my ($at, $size, %found) = (0, length $text);
    while ($at + 4 <= $size) {
        my ($length, $type) = unpack 'S S', substr $text, $at, 4;
        last if $length < 4;
        $found{ $type & 0x3fff } = substr $text, $at + 4, $length - 4;
        $at += $length + 3 & ~3;
    }
    return %found;
}

sub attribute {
    my ($type, $value) = @_;
    my $length = 4 + length $value;
    return pack('S S', $length, $type) . $value . "\0" x (-$length & 3);
}
`;
