#!/bin/sh
# Homeward: 2001:db8::200 on a Linux real server, verify.
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

show_guard ip6 homeward-setup-2001-db8--200
show_unit homeward-setup-2001-db8--200.service
show_vip '2001:db8::200' 128
exit "$wrong"
