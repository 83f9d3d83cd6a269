#!/bin/bash
# A network on which the engine is reached and reaches nothing: no route out, no name service, not the
# metadata service, and nothing that listens on the machine itself.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

bridge=homeport0
subnet="$(field network.subnet)"
address="$(field network.machine_address)"

if ! docker network inspect homeport >/dev/null 2>&1; then
  docker network create --internal --driver bridge --subnet "$subnet" --gateway "$address" \
    --opt "com.docker.network.bridge.name=$bridge" homeport >/dev/null
fi

# An internal network still reaches the machine by the bridge's own address: only answers may pass.
drop=(INPUT --in-interface "$bridge" --match conntrack '!' --ctstate "ESTABLISHED,RELATED" --jump DROP)
for tables in iptables ip6tables; do
  if ! "$tables" --wait --check "${drop[@]}" 2>/dev/null; then
    "$tables" --wait --insert "${drop[@]}"
  fi
done
