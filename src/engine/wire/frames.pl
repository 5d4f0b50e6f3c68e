# Sends and hears the frames by which neighbours find each other (ARP, IPv6 neighbour discovery), on behalf of the
# engine, which decides what to send and what it means: this moves bytes. It ends with its standard input.
# Only frames about addresses that it was told to heed are passed on, and those with the mark of fellow directors, and no
# more than so many a second, so that a flood on the segment costs the engine nothing. Commands and what it prints are lines; bytes are in hexadecimal:
#   listen INDEX...      the interfaces, by the kernel's numbers; frames of all others are passed over
#   heed ADDRESS...      ignore ADDRESS...      send INDEX FRAME      mark BYTES
#   ready     heard INDEX FRAME     unsent INDEX WHY     dropped COUNT
use strict;
use warnings;

# From linux/if_ether.h, if_packet.h and socket.h; the same on all architectures that Node runs on.
use constant {
    AF_PACKET => 17, SOCK_RAW => 3, SOL_SOCKET => 1, SO_SNDBUF => 7, SO_RCVBUF => 8, SO_ATTACH_FILTER => 26,
    ETH_P_ARP => 0x0806, ETH_P_IPV6 => 0x86dd, MSG_DONTWAIT => 0x40, PACKET_OTHERHOST => 3,
};
use constant { FRAME_BYTES => 256, BUFFER_BYTES => 4_194_304, ROUND => 512, PASSED_A_SECOND => 5_000 };

# Protocol 0 receives nothing until the socket is bound. Index 0 stands for every interface, also one that comes later.
# Sockets for one protocol see what is left of it after the ingress hook: packets that are forwarded cost nothing here.
sub packets {
    my ($protocol, @filter) = @_;
    socket(my $socket, AF_PACKET, SOCK_RAW, 0) or die "a raw socket cannot be opened: $!\n";
    setsockopt($socket, SOL_SOCKET, $_, BUFFER_BYTES) or die "setsockopt: $!\n" for SO_RCVBUF, SO_SNDBUF;
    my $program = join '', map { pack('S C C L', @$_) } @filter;
    setsockopt($socket, SOL_SOCKET, SO_ATTACH_FILTER, pack('S x![P] P', scalar @filter, $program)) or die "SO_ATTACH_FILTER: $!\n";
    bind($socket, address($protocol, 0)) or die "bind: $!\n";
    return $socket;
}

sub address { return pack('S n i S C C a8', AF_PACKET, $_[0], $_[1], 0, 0, 0, '') }

my $arp = packets(ETH_P_ARP, [0x06, 0, 0, FRAME_BYTES]);
# ICMPv6 of types 135 and 136. The jumps are counted from the instruction that follows.
my $nd = packets(ETH_P_IPV6,
    [0x30, 0, 0, 20], [0x15, 0, 4, 58], [0x30, 0, 0, 54], [0x15, 1, 0, 135], [0x15, 0, 1, 136],
    [0x06, 0, 0, FRAME_BYTES], [0x06, 0, 0, 0]);

my (%listens, %heeds, %complained);
my ($second, $passed, $dropped, $mark) = (0, 0, 0, '');
my ($commands, $told) = ('', "ready\n");

# The address that a frame is about: who sends it, or, where that is nobody yet, what is asked for.
sub subject {
    my ($ethertype, $frame) = @_;
    if ($ethertype == ETH_P_ARP) {
        my $sender = substr($frame, 28, 4);
        return $sender eq "\0" x 4 ? substr($frame, 38, 4) : $sender;
    }
    my $sender = substr($frame, 22, 16);
    return ord(substr($frame, 54, 1)) == 136 || $sender eq "\0" x 16 ? substr($frame, 62, 16) : $sender;
}

sub hear {
    my ($socket) = @_;
    for (1 .. ROUND) {
        my $from = recv($socket, my $frame, FRAME_BYTES, MSG_DONTWAIT);
        last unless defined $from;
        my ($protocol, $index, $kind) = unpack('x2 n i x2 C', $from);
        next if $kind == PACKET_OTHERHOST || !$listens{$index} || length $frame < 42;
        next if $protocol == ETH_P_IPV6 && length $frame < 78;
        # A fellow may speak only in its own name, which nobody heeds: one that repeats no VIP is known by nothing else.
        next unless $heeds{subject($protocol, $frame)} || $mark ne '' && index($frame, $mark, 42) > 0;
        if (++$passed > PASSED_A_SECOND) { $dropped++; next }
        $told .= "heard $index " . unpack('H*', $frame) . "\n";
    }
}

sub post {
    my ($index, $frame) = @_;
    my $bytes = pack('H*', $frame);
    return if defined send($arp, $bytes, 0, address(unpack('x12 n', $bytes), $index));
    return if $complained{$index}++;
    $told .= "unsent $index $!\n";
}

sub obey {
    my ($verb, @words) = split ' ', $_[0];
    if ($verb eq 'send') { post(@words) }
    elsif ($verb eq 'heed') { $heeds{pack('H*', $_)} = 1 for @words }
    elsif ($verb eq 'ignore') { delete $heeds{pack('H*', $_)} for @words }
    elsif ($verb eq 'mark') { $mark = pack('H*', $words[0] // '') }
    elsif ($verb eq 'listen') { %listens = map { $_ => 1 } @words }
    else { die "not understood: $verb\n" }
}

my $watched = '';
vec($watched, fileno($_), 1) = 1 for *STDIN, $arp, $nd;
while (1) {
    if ($told ne '') {
        # A pipe that nobody reads holds this up, and the kernel then drops what its buffers do not hold.
        defined(my $written = syswrite(STDOUT, $told)) or exit;
        substr($told, 0, $written, '');
        next;
    }
    my $ready = select(my $readable = $watched, undef, undef, 1);
    if (time != $second) {
        $told .= "dropped $dropped\n" if $dropped > 0;
        ($second, $passed, $dropped, %complained) = (time, 0, 0);
    }
    next if $ready <= 0;
    if (vec($readable, fileno(STDIN), 1)) {
        my $count = sysread(STDIN, $commands, 65_536, length $commands);
        exit unless $count;
        obey($1) while $commands =~ s/^([^\n]*)\n//;
    }
    for my $socket ($arp, $nd) { hear($socket) if vec($readable, fileno($socket), 1) }
}
