#!/bin/bash
# Runs the engine's container in the foreground; systemd restarts it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

image="$(field engine.image)"
docker image inspect "$image" >"$run/engine-image.json"

# engine_user: the number of the user that the image runs as, who must own what it writes and reads.
engine_user() {
  local user
  user="$(docker image inspect --format '{{.Config.User}}' "$image")"
  user="${user%%:*}"
  if [[ -z "$user" ]]; then
    echo 0
  elif [[ "$user" =~ ^[0-9]+$ ]]; then
    echo "$user"
  else
    docker run --rm --network none --read-only --cap-drop ALL --entrypoint id "$image" -u
  fi
}

user="$(engine_user)"
chown "$user" "$scratch/engine/home" "$scratch/engine/tmp" "$scratch/engine/cache"
mkdir -p "$run/secrets"
chown -R "$user" "$run/secrets"
# This engine starts with the secrets that are there, and has answered nothing.
rm -f "$run/secrets.changed" "$run/agent/answered"

python3 -B "$code/host/engine_arguments.py" "$boot" "$run/engine-image.json" \
  "$code" "$run" "$scratch" "$(machine_id)" >"$run/engine.arguments"
mapfile -d '' -t arguments <"$run/engine.arguments"

docker rm --force homeport-engine >/dev/null 2>&1 || true
exec docker run "${arguments[@]}"
