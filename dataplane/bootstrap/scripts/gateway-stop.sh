#!/bin/bash
# Lets running answers end before Envoy does: no new connection, then wait until nothing is in flight.
# systemd's stop timeout of the unit is the limit.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

admin() {
  curl --silent --fail --max-time 5 --unix-socket "$run/gateway/admin.sock" "$@"
}

in_flight() {
  admin "http://admin/stats?filter=^http.ingress.downstream_rq_active$" | awk '{print $2}'
}

admin --request POST "http://admin/drain_listeners?graceful&skip_exit" >/dev/null || exit 0
while active="$(in_flight)" && [[ "${active:-0}" -gt 0 ]]; do
  sleep 1
done
docker stop --time 5 homeport-gateway >/dev/null
