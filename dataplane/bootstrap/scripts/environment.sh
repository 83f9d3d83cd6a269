# shellcheck shell=bash disable=SC2034
# Paths and one way to fail, for every start-up script. Sourced.

root="${HOMEPORT_ROOT:-}" # a test gives a folder of its own
code="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
boot="$root/etc/homeport/boot.json"
run="$root/run/homeport"     # in memory: gone with the machine
scratch="$root/mnt/homeport" # weights, caches, temporary files
envoy_user=101               # of the upstream image (envoy, ci/Dockerfile-envoy)

# fail MESSAGE: the last line that begins with "homeport:" is the reason that is reported.
fail() {
  echo "homeport: $*" >&2
  exit 1
}

# field PATH: a value of the boot document; lists and maps as NUL-terminated items.
field() {
  python3 -B "$code/host/boot_field.py" "$boot" "$1"
}

# shared_folders: Envoy's own folder, and the agent's, whose socket Envoy alone may use.
shared_folders() {
  mkdir -p "$run/gateway" "$run/agent"
  chmod 0755 "$run"
  chmod 0750 "$run/gateway" "$run/agent"
  chown "$envoy_user:$envoy_user" "$run/gateway"
  chown "root:$envoy_user" "$run/agent"
}

# reached PHASE [WHEN]: a step of this boot is done; the agent reports when. In seconds since 1970; the first time counts.
reached() {
  local file="$run/agent/phases/$1"
  if [[ -e "$file" ]]; then return; fi
  mkdir -p "$run/agent/phases"
  echo "${2-$(date +%s.%3N)}" >"$file.new"
  mv -f "$file.new" "$file"
}

machine_id() {
  cat "$root/var/lib/cloud/data/instance-id"
}

# live NAME DEFAULT: a number of the item that is in force.
live() {
  python3 -B "$code/host/live_number.py" "$run/gateway/item.json" "$1" "$2"
}

gateway_runs() {
  [[ "$(docker container inspect --format '{{.State.Running}}' homeport-gateway 2>/dev/null)" == true ]]
}
