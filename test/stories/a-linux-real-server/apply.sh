#!/bin/sh
# Homeward: 192.0.2.200 on a Linux real server, apply.
# This sets the host up; may be run again at any time.
# Run it as root. It needs ip (iproute2) and nft (nftables).

set -eu
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=${HOMEWARD_SETUP_ROOT:-}
folder=$root/var/lib/homeward-setup
units=$root/etc/systemd/system

# Where an address is: a line with device and prefix for each place.
places_of() {
    ip -o address show to "$1" | while read -r _ device _ place _; do printf '%s %s\n' "$device" "$place"; done
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# set_guard FAMILY TABLE: rules by standard input, one transaction; how nft lists them is kept for verify.
set_guard() {
    nft -f -
    mkdir -p "$folder"
    nft list table "$1" "$2" >"$folder/$2.new"
    mv "$folder/$2.new" "$folder/$2"
}

# set_unit UNIT: runs this file again at boot. There must be a file, and systemd.
set_unit() {
    if [ ! -f "$0" ] || [ ! -d "$units" ]; then
        printf 'Not kept over a reboot: run this from a file, on a host with systemd, or again at boot.\n' >&2
        return 0
    fi
    script=$folder/${1%.service}.sh
    mkdir -p "$folder" "$units/multi-user.target.wants"
    cmp -s "$0" "$script" || { cp "$0" "$script.new" && mv "$script.new" "$script"; }
    cat >"$units/$1.new" <<UNIT
[Unit]
Description=Homeward: a VIP on lo, silently
DefaultDependencies=no
RequiresMountsFor=/var/lib/homeward-setup
Wants=network-pre.target
After=systemd-sysctl.service nftables.service
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /var/lib/homeward-setup/${1%.service}.sh

[Install]
WantedBy=multi-user.target
UNIT
    mv "$units/$1.new" "$units/$1"
    ln -sf "../$1" "$units/multi-user.target.wants/$1"
}

# set_vip ADDRESS PREFIX [OPTION]: one that is there already is somebody else's, and stays when this is undone.
set_vip() {
    places=$(places_of "$1")
    if [ "$places" = "lo $1/$2" ]; then return 0; fi
    [ -z "$places" ] || die "$1 is on this host already: $places. Remove it there."
    mkdir -p "$folder/vips"
    : >"$folder/vips/$1"
    ip address add "$1/$2" dev lo ${3:+"$3"}
    [ "$(places_of "$1")" = "lo $1/$2" ] || die "$1 is not on lo after it was put there."
}

drop_in=$root/etc/sysctl.d/99-zz-homeward-setup.conf
conf=/proc/sys/net/ipv4/conf

is_one_of() {
    found=$1
    shift
    for each in "$@"; do
        if [ "$each" = "$found" ]; then return 0; fi
    done
    return 1
}

# The value that counts for a network card: the greater of all and its own. The kernel gives such a file as a whole or not
# at all, and a shell's read takes one character at a time; hence cat.
value_at() {
    own=$(cat "$conf/$1/$2")
    all=$(cat "$conf/all/$2")
    if [ "$own" -lt "$all" ]; then own=$all; fi
    printf '%s\n' "$own"
}

cards() {
    for card in "$conf"/*; do
        if ! is_one_of "${card##*/}" all default lo; then printf '%s\n' "${card##*/}"; fi
    done
}

# save_before NAME VALUE: what was there before the first change is what counts, however often this is run.
save_before() {
    mkdir -p "$folder/before"
    if [ -e "$folder/before/$1" ]; then return 0; fi
    printf '%s\n' "$2" >"$folder/$1.new"
    mv "$folder/$1.new" "$folder/before/$1"
}

# set_setting SCOPE KEY WANTED SILENT...: a value that is as silent stays.
set_setting() {
    scope=$1 key=$2 wanted=$3
    shift 3
    value=$(cat "$conf/$scope/$key")
    if is_one_of "$value" "$@"; then return 0; fi
    save_before "$scope.$key" "$value"
    printf '%s\n' "$wanted" >"$conf/$scope/$key"
    value=$(cat "$conf/$scope/$key")
    [ "$value" = "$wanted" ] || die "net.ipv4.conf.$scope.$key is $value after it was set to $wanted."
}

# check_cards KEY WANTED SILENT...: nothing is bound while a network card would tell of it.
check_cards() {
    key=$1 wanted=$2
    shift 2
    for card in $(cards); do
        value=$(value_at "$card" "$key")
        is_one_of "$value" "$@" || die "net.ipv4.conf.$card.$key is $value; set it to $wanted, and run this again."
    done
}

# keep_settings SCOPE.KEY...: as they are now.
keep_settings() {
    mkdir -p "$root/etc/sysctl.d"
    for each in "$@"; do
        value=$(cat "$conf/${each%%.*}/${each#*.}")
        printf 'net.ipv4.conf.%s = %s\n' "$each" "$value"
    done >"$drop_in.new"
    mv "$drop_in.new" "$drop_in"
}

# all-arp-ignore. No interface answers ARP for an address on lo.
set_setting all arp_ignore 1 1 2 8

# default-arp-ignore. No interface answers ARP for an address on lo.
set_setting default arp_ignore 1 1 2 8

# all-arp-announce. No interface announces an address on lo.
set_setting all arp_announce 2 2

# default-arp-announce. No interface announces an address on lo.
set_setting default arp_announce 2 2

# cards-arp-ignore. The greater of `all` and the value of its own counts for a network card.
check_cards arp_ignore 1 1 2 8

# cards-arp-announce. The greater of `all` and the value of its own counts for a network card.
check_cards arp_announce 2 2

# boot-settings. The kernel forgets its settings at a reboot.
keep_settings all.arp_ignore default.arp_ignore all.arp_announce default.arp_announce

# guard. Silent also where somebody changes a setting, or puts the VIP on a network card.
set_guard arp homeward-setup-192.0.2.200 <<'GUARD'
add table arp homeward-setup-192.0.2.200
delete table arp homeward-setup-192.0.2.200
table arp homeward-setup-192.0.2.200 {
    chain input {
        type filter hook input priority -300; policy accept;
        arp operation request arp daddr ip 192.0.2.200 drop
    }
    chain output {
        type filter hook output priority -300; policy accept;
        arp saddr ip 192.0.2.200 drop
    }
}
GUARD

# boot-unit. All of this again at boot, before the network is up.
set_unit homeward-setup-192.0.2.200.service

# vip. Alone, for a wider prefix would make a whole subnet local; last, when the host is silent.
set_vip '192.0.2.200' 32
