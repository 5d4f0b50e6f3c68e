/**
 * The shell that does, reads back and puts back, one function each, for any POSIX shell with `ip` and `nft`. Constant:
 * values reach these functions as arguments. HOMEWARD_SETUP_ROOT stands before the paths of files, for a host that is set
 * up as a folder.
 */
import { code } from '../code-text.js';

export const COMMON_FUNCTIONS = code`set -eu
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=\${HOMEWARD_SETUP_ROOT:-}
folder=$root/var/lib/homeward-setup
units=$root/etc/systemd/system

# Where an address is: a line with device and prefix for each place.
places_of() {
    ip -o address show to "$1" | while read -r _ device _ place _; do printf '%s %s\\n' "$device" "$place"; done
}`;

/** Where the settings are, which only IPv4 has. */
export const ARP_PATHS = code`drop_in=$root/etc/sysctl.d/99-zz-homeward-setup.conf
conf=/proc/sys/net/ipv4/conf`;

export const ARP_FUNCTIONS = code`is_one_of() {
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
    printf '%s\\n' "$own"
}

cards() {
    for card in "$conf"/*; do
        if ! is_one_of "\${card##*/}" all default lo; then printf '%s\\n' "\${card##*/}"; fi
    done
}`;

export const APPLY_ARP_FUNCTIONS = code`# save_before NAME VALUE: what was there before the first change is what counts, however often this is run.
save_before() {
    mkdir -p "$folder/before"
    if [ -e "$folder/before/$1" ]; then return 0; fi
    printf '%s\\n' "$2" >"$folder/$1.new"
    mv "$folder/$1.new" "$folder/before/$1"
}

# set_setting SCOPE KEY WANTED SILENT...: a value that is as silent stays.
set_setting() {
    scope=$1 key=$2 wanted=$3
    shift 3
    value=$(cat "$conf/$scope/$key")
    if is_one_of "$value" "$@"; then return 0; fi
    save_before "$scope.$key" "$value"
    printf '%s\\n' "$wanted" >"$conf/$scope/$key"
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
        value=$(cat "$conf/\${each%%.*}/\${each#*.}")
        printf 'net.ipv4.conf.%s = %s\\n' "$each" "$value"
    done >"$drop_in.new"
    mv "$drop_in.new" "$drop_in"
}`;

export const APPLY_FUNCTIONS = code`die() {
    printf '%s\\n' "$*" >&2
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
        printf 'Not kept over a reboot: run this from a file, on a host with systemd, or again at boot.\\n' >&2
        return 0
    fi
    script=$folder/\${1%.service}.sh
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
ExecStart=/bin/sh /var/lib/homeward-setup/\${1%.service}.sh

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
    ip address add "$1/$2" dev lo \${3:+"$3"}
    [ "$(places_of "$1")" = "lo $1/$2" ] || die "$1 is not on lo after it was put there."
}`;

export const VERIFY_ARP_FUNCTIONS = code`# show_silent NAME WANTED FOUND SILENT...: what is as silent is as good.
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
        value=$(cat "$conf/\${each%%.*}/\${each#*.}")
        state='not kept'
        if grep -qxF "net.ipv4.conf.$each = $value" "$drop_in" 2>/dev/null; then state=kept; fi
        show "net.ipv4.conf.$each after a reboot" kept "$state"
    done
}`;

export const VERIFY_FUNCTIONS = code`wrong=0

# show NAME WANTED FOUND
show() {
    verdict='ok   '
    if [ "$2" != "$3" ]; then
        verdict=WRONG
        wrong=1
    fi
    printf '%s  %s: wanted %s, found %s\\n' "$verdict" "$1" "$2" "$3"
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
    show "vip $1" "lo $1/$2" "\${places:-nowhere}"
}`;

export const UNDO_ARP_FUNCTIONS = code`# The settings are of all IPv4 VIPs that were set up here.
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
}`;

export const UNDO_FUNCTIONS = code`undo_vip() {
    if [ -e "$folder/vips/$1" ]; then
        if [ -n "$(ip -o address show dev lo to "$1")" ]; then ip address del "$1/$2" dev lo; fi
        rm -f "$folder/vips/$1"
    fi
    if [ -z "$(places_of "$1")" ]; then return 0; fi
    printf '%s was on this host before, and stays: %s\\n' "$1" "$(places_of "$1")"
    exit 0
}

undo_unit() {
    rm -f "$units/multi-user.target.wants/$1" "$units/$1" "$folder/\${1%.service}.sh"
}

undo_guard() {
    # To delete what is not there is an error; so it is made first.
    printf 'add table %s %s\\ndelete table %s %s\\n' "$1" "$2" "$1" "$2" | nft -f -
    rm -f "$folder/$2"
}

forget_all() {
    rmdir "$folder/before" "$folder/vips" "$folder" 2>/dev/null || true
}`;
