#!/bin/sh
# Homeward: 192.0.2.200 on a Linux real server, undo.
# This takes the VIP away; with the last IPv4 VIP, puts back what was before.
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

undo_vip() {
    if [ -e "$folder/vips/$1" ]; then
        if [ -n "$(ip -o address show dev lo to "$1")" ]; then ip address del "$1/$2" dev lo; fi
        rm -f "$folder/vips/$1"
    fi
    if [ -z "$(places_of "$1")" ]; then return 0; fi
    printf '%s was on this host before, and stays: %s\n' "$1" "$(places_of "$1")"
    exit 0
}

undo_unit() {
    rm -f "$units/multi-user.target.wants/$1" "$units/$1" "$folder/${1%.service}.sh"
}

undo_guard() {
    # To delete what is not there is an error; so it is made first.
    printf 'add table %s %s\ndelete table %s %s\n' "$1" "$2" "$1" "$2" | nft -f -
    rm -f "$folder/$2"
}

forget_all() {
    rmdir "$folder/before" "$folder/vips" "$folder" 2>/dev/null || true
}

drop_in=$root/etc/sysctl.d/99-zz-homeward-setup.conf
conf=/proc/sys/net/ipv4/conf

# The settings are of all IPv4 VIPs that were set up here.
others_left() {
    for each in "$folder"/vips/*.*; do
        if [ -e "$each" ]; then return 0; fi
    done
    return 1
}

undo_kept() {
    rm -f "$drop_in"
}

# undo_setting SCOPE KEY WANTED: somebody who changed it since wants it as it is now.
undo_setting() {
    if [ ! -e "$folder/before/$1.$2" ]; then return 0; fi
    value=$(cat "$conf/$1/$2")
    if [ "$value" = "$3" ]; then cat "$folder/before/$1.$2" >"$conf/$1/$2"; fi
    rm -f "$folder/before/$1.$2"
}

undo_vip '192.0.2.200' 32
undo_unit homeward-setup-192.0.2.200.service
undo_guard arp homeward-setup-192.0.2.200
if others_left; then
    printf 'Other VIPs are on this host; its settings stay.\n'
    exit 0
fi
undo_kept
undo_setting default arp_announce 2
undo_setting all arp_announce 2
undo_setting default arp_ignore 1
undo_setting all arp_ignore 1
forget_all
