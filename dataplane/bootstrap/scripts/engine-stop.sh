#!/bin/bash
# Ends the engine: with all the time that a running request may take while the gateway runs, and with what the plan
# leaves after the gateway's own wait where that has ended.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

grace="$(live engine_grace_seconds 3615)"
if ! gateway_runs; then
  grace=$((grace - $(live agent_drain_seconds 3605)))
fi
docker stop --time "$grace" homeport-engine >/dev/null
