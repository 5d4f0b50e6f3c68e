#!/bin/sh
# Homeward: 2001:db8::200 on a Linux real server, undo.
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

undo_vip '2001:db8::200' 128
undo_unit homeward-setup-2001-db8--200.service
undo_guard ip6 homeward-setup-2001-db8--200
forget_all
