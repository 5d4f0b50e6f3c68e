# Runs a program that the kernel refuses these system calls, with EPERM, as systemd's SystemCallFilter does.
# Arguments: the number of prctl on this processor, the numbers to refuse with commas between, the program and its own.
use strict;
use warnings;

my ($prctl, $refused) = splice @ARGV, 0, 2;
# struct sock_filter (linux/filter.h): load the number; for each refused one, return an error; else allow.
my $filter = pack 'SCCL', 0x20, 0, 0, 0;
$filter .= pack('SCCL', 0x15, 0, 1, $_) . pack('SCCL', 0x06, 0, 0, 0x00050000 | 1) for split /,/, $refused;
$filter .= pack 'SCCL', 0x06, 0, 0, 0x7fff0000;
my $program = pack 'Sx6P', length($filter) / 8, $filter;
syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!\n";
syscall($prctl, 22, 2, $program) == 0 or die "seccomp: $!\n";
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
