#!/bin/bash
# report-failure.sh UNIT: why a unit failed, with the end of its log, to the console and to the endpoint's log
# group.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"
umask 077

unit="$1"
mkdir -p "$run"
event="start-up failed"
if [[ "$unit" == homeport-secrets-again ]]; then
  event="secrets not read again" # the ones in force stay
else
  # The agent gives the launch up as soon as it sees this file, and the machine ends: not before the reason is told,
  # and also where it cannot be.
  trap ': >"$run/failed"' EXIT
fi
region="$(field stack.region)"
group="$(field stack.log_group)"
stream="$(machine_id)/boot"
journalctl --unit "$unit" --lines 60 --output cat --no-pager >"$run/failure.$unit.log"
reason="$(grep '^homeport: ' "$run/failure.$unit.log" | tail -n 1 || true)"
echo "homeport: $unit failed: ${reason#homeport: }" >"$root/dev/console" || true

python3 -B - "$event" "$unit" "$reason" "$run/failure.$unit.log" >"$run/failure.$unit.json" <<'PYTHON'
import json, sys, time

event, unit, reason, path = sys.argv[1:]
with open(path, encoding="utf-8", errors="replace") as log:
    tail = log.read()[-100_000:]
message = {"event": event, "unit": unit, "reason": reason, "log": tail.splitlines()}
print(json.dumps([{"timestamp": int(time.time() * 1000), "message": json.dumps(message)}]))
PYTHON
aws logs create-log-stream --region "$region" --log-group-name "$group" \
  --log-stream-name "$stream" >/dev/null 2>&1 || true # it may exist
aws logs put-log-events --region "$region" --log-group-name "$group" --log-stream-name "$stream" \
  --log-events "file://$run/failure.$unit.json" >/dev/null
