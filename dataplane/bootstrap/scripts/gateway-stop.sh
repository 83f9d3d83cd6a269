#!/bin/bash
# Lets running answers end before Envoy does. First the replica is not ready any more; once the load balancer knows,
# no new connection; then wait until nothing is in flight, as long as the plan has it (`agent_drain_seconds`).
# systemd's stop timeout of the unit is above that. Also run after an Envoy that ended by itself.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

balancer_seconds=20 # three failed checks, 5 s apart, of 4 s at most (components/aws/way_in.py; a test compares)

admin() {
  curl --silent --fail --max-time 5 --unix-socket "$run/gateway/admin.sock" "$@"
}

# said_not_ready: whether the load balancer was told so before. An agent that does not answer said nothing.
said_not_ready() {
  [[ "$(curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' \
    --unix-socket "$run/agent/agent.sock" http://agent/_homeport/ready)" == 503 ]]
}

# in_flight: a number, or a failure where Envoy does not say it: that is no 0.
in_flight() {
  admin "http://admin/stats?filter=^http.ingress.downstream_rq_active$" | awk '/: [0-9]+$/ {print $2; found = 1} END {exit !found}'
}

gateway_runs || exit 0
wait_until=$((SECONDS + $(live agent_drain_seconds 3605)))
wait_seconds="$balancer_seconds"
if said_not_ready; then wait_seconds=0; fi
: >"$run/agent/drain" # the agent says "draining" while it is there; the next gateway removes it
sleep "$wait_seconds"
admin --request POST "http://admin/drain_listeners?graceful&skip_exit" >/dev/null || true
while [[ $SECONDS -lt $wait_until ]]; do
  if active="$(in_flight)"; then
    [[ $active -gt 0 ]] || break
  else
    gateway_runs || break
  fi
  sleep 1
done
docker stop --time 5 homeport-gateway >/dev/null
