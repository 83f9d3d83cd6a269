#!/bin/bash
# Pulls the engine's and the gateway's image by digest. Docker checks the digest.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

pull() {
  local reference="$1" registry region
  if docker image inspect "$reference" >/dev/null 2>&1; then return; fi
  registry="${reference%%/*}"
  if [[ "$registry" == *.dkr.ecr.*.amazonaws.com ]]; then
    region="$(field stack.region)"
    aws ecr get-login-password --region "$region" |
      docker login --username AWS --password-stdin "$registry" >/dev/null
  fi
  for attempt in 1 2 3; do
    if docker pull --quiet "$reference"; then return; fi
    echo "image: attempt $attempt of $reference failed" >&2
  done
  fail "image: $reference could not be pulled"
}

gateway="$(field gateway.image)"
engine="$(field engine.image)"
pull "$gateway"
pull "$engine"
reached image
