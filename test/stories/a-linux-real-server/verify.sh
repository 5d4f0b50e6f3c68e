#!/bin/sh
# Homeward: 192.0.2.200 on a Linux real server, verify.
# This changes nothing; shows each setting, and ends with 1 where one is wrong.
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

wrong=0

# show NAME WANTED FOUND
show() {
    verdict='ok   '
    if [ "$2" != "$3" ]; then
        verdict=WRONG
        wrong=1
    fi
    printf '%s  %s: wanted %s, found %s\n' "$verdict" "$1" "$2" "$3"
}

show_guard() {
    state='no guard'
    if listing=$(nft list table "$1" "$2" 2>/dev/null); then
        state='other rules'
        if [ "$listing" = "$(cat "$folder/$2" 2>/dev/null)" ]; then state='its rules'; fi
    fi
    show "guard $2" 'its rules' "$state"
}

show_unit() {
    state='not enabled'
    if [ -f "$units/$1" ] && [ -L "$units/multi-user.target.wants/$1" ]; then state=enabled; fi
    show "unit $1" enabled "$state"
}

show_vip() {
    places=$(places_of "$1")
    show "vip $1" "lo $1/$2" "${places:-nowhere}"
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

# show_silent NAME WANTED FOUND SILENT...: what is as silent is as good.
show_silent() {
    name=$1 wanted=$2 value=$3
    shift 3
    if is_one_of "$value" "$@"; then wanted=$value; fi
    show "$name" "$wanted" "$value"
}

show_setting() {
    scope=$1 key=$2 wanted=$3
    shift 3
    value=$(cat "$conf/$scope/$key")
    show_silent "net.ipv4.conf.$scope.$key" "$wanted" "$value" "$@"
}

show_cards() {
    key=$1 wanted=$2
    shift 2
    for card in $(cards); do
        show_silent "net.ipv4.conf.$card.$key" "$wanted" "$(value_at "$card" "$key")" "$@"
    done
}

show_kept() {
    for each in "$@"; do
        value=$(cat "$conf/${each%%.*}/${each#*.}")
        state='not kept'
        if grep -qxF "net.ipv4.conf.$each = $value" "$drop_in" 2>/dev/null; then state=kept; fi
        show "net.ipv4.conf.$each after a reboot" kept "$state"
    done
}

show_setting all arp_ignore 1 1 2 8
show_setting default arp_ignore 1 1 2 8
show_setting all arp_announce 2 2
show_setting default arp_announce 2 2
show_cards arp_ignore 1 1 2 8
show_cards arp_announce 2 2
show_kept all.arp_ignore default.arp_ignore all.arp_announce default.arp_announce
show_guard arp homeward-setup-192.0.2.200
show_unit homeward-setup-192.0.2.200.service
show_vip '192.0.2.200' 32
exit "$wrong"
