#!/bin/sh
# Homeward: 2001:db8::200 on a Linux real server, apply.
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

# guard. Silent also where somebody changes a setting, or puts the VIP on a network card.
set_guard ip6 homeward-setup-2001-db8--200 <<'GUARD'
add table ip6 homeward-setup-2001-db8--200
delete table ip6 homeward-setup-2001-db8--200
table ip6 homeward-setup-2001-db8--200 {
    chain input {
        type filter hook input priority -300; policy accept;
        iifname != "lo" icmpv6 type nd-neighbor-solicit @th,64,128 0x20010db8000000000000000000000200 drop
    }
    chain output {
        type filter hook output priority -300; policy accept;
        oifname != "lo" icmpv6 type nd-neighbor-advert @th,64,128 0x20010db8000000000000000000000200 drop
        oifname != "lo" icmpv6 type nd-neighbor-solicit @nh,64,128 0x20010db8000000000000000000000200 drop
    }
}
GUARD

# boot-unit. All of this again at boot, before the network is up.
set_unit homeward-setup-2001-db8--200.service

# vip. Alone, for a wider prefix would make a whole subnet local; last, when the host is silent.
set_vip '2001:db8::200' 128 nodad
