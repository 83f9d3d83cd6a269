#!/bin/bash
# Runs the agent beside Envoy: token check, readiness, live settings, reports.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

shared_folders
reached machine "$(awk '/^btime / {print $2}' "$root/proc/stat")" # when the kernel began, in whole seconds
cd "$code"
exec python3 -B -m gateway.agent "$boot" "$run/gateway" "$run/agent" "$(machine_id)"
