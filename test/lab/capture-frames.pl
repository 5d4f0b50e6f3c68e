# Writes the first bytes of every frame that an interface receives or sends to standard output, each with its length
# before it, as two bytes in network order. With a second argument, 'neighbours', only of ARP and ICMPv6.
# It stands in for tcpdump, which insists on changing its user and so cannot run in a user namespace; Perl is on
# every Debian. SIGINT ends it, after everything captured so far was written; it then says how many frames it lost.
use strict;
use warnings;

# From linux/if_ether.h, if_packet.h, socket.h and sockios.h; the same on all architectures that Node runs on.
use constant {
    AF_PACKET => 17, SOCK_RAW => 3, ETH_P_ALL => 3, SOL_SOCKET => 1, SO_RCVBUF => 8, SO_ATTACH_FILTER => 26,
    BPF_LOAD_HALF => 0x28, BPF_LOAD_BYTE => 0x30, BPF_JUMP_EQUAL => 0x15, BPF_RETURN => 6, SOL_PACKET => 263, PACKET_STATISTICS => 6, SIOCGIFINDEX => 0x8933,
};
use constant { KEPT_BYTES => 128, BUFFER_BYTES => 67_108_864 };

my ($device, $which) = @ARGV;
my $stop = 0;
$SIG{INT} = sub { $stop = 1 };

# Protocol 0 receives nothing until the socket is bound to the interface.
socket(my $packets, AF_PACKET, SOCK_RAW, 0) or die "socket: $!\n";
my $request = pack('a16 x24', $device);
ioctl($packets, SIOCGIFINDEX, $request) or die "$device: $!\n";
my $index = unpack('x16 i', $request);
# As much as the system allows. A filter that returns a number cuts each frame down to so many bytes in the kernel,
# so that the buffer holds some hundreds of them, however long they were.
setsockopt($packets, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES) or die "SO_RCVBUF: $!\n";
# The jumps are counted from the instruction that follows.
my @neighbours = (
    [BPF_LOAD_HALF, 0, 0, 12], [BPF_JUMP_EQUAL, 3, 0, 0x0806], [BPF_JUMP_EQUAL, 0, 3, 0x86dd],
    [BPF_LOAD_BYTE, 0, 0, 20], [BPF_JUMP_EQUAL, 0, 1, 58], [BPF_RETURN, 0, 0, KEPT_BYTES], [BPF_RETURN, 0, 0, 0],
);
my @program = defined $which && $which eq 'neighbours' ? @neighbours : ([BPF_RETURN, 0, 0, KEPT_BYTES]);
my $filter = join '', map { pack('S C C L', @$_) } @program;
setsockopt($packets, SOL_SOCKET, SO_ATTACH_FILTER, pack('S x![P] P', scalar @program, $filter)) or die "SO_ATTACH_FILTER: $!\n";
bind($packets, pack('S n i S C C a8', AF_PACKET, ETH_P_ALL, $index, 0, 0, 0, '')) or die "bind: $!\n";

binmode STDOUT;
$| = 1;
print STDERR "listening\n";

my $watched = '';
vec($watched, fileno($packets), 1) = 1;
while (1) {
    my $ready = select(my $readable = $watched, undef, undef, $stop ? 0 : 0.05);
    last if $ready == 0 && $stop;
    next if $ready <= 0;
    defined recv($packets, my $frame, KEPT_BYTES, 0) or die "recv: $!\n";
    print pack('n', length $frame), $frame;
}

my ($seen, $lost) = unpack('L L', getsockopt($packets, SOL_PACKET, PACKET_STATISTICS));
print STDERR "$seen frames seen, $lost lost\n";
