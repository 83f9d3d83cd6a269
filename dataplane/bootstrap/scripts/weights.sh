#!/bin/bash
# The lock's files, exactly: what is missing is fetched, what is there is resumed, each one checked.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

weights="$scratch/weights"
config="$run/weights.curl"
mkdir -p "$run" "$weights"

check() {
  python3 -B "$code/host/weights.py" "$1" "$boot" "$weights"
}

download() {
  local -a header=()
  if [[ -f "$run/hub/header" ]]; then header=(--header "@$run/hub/header"); fi
  # curl keeps an Authorization header to the host it was meant for; the Hub redirects to a store.
  curl --parallel --parallel-max 8 --fail --location --silent --show-error \
    --proto =https --proto-redir =https --connect-timeout 15 --speed-limit 1024 --speed-time 60 \
    --retry 5 --retry-connrefused --create-dirs --continue-at - ${header[@]+"${header[@]}"} --config "$config"
}

# The token is not needed again, on a second boot not even once.
finish() {
  rm -f "$run/hub/header"
  reached weights
  exit 0
}

if check verified; then finish; fi
for attempt in 1 2 3; do
  check missing >"$config"
  if [[ -s "$config" ]] && ! download; then
    echo "weights: attempt $attempt did not get every file" >&2
  fi
  if check verify; then finish; fi
  sleep "$((attempt * 5))"
done
fail "weights: three attempts did not give the locked files; the lines above say which and why"
