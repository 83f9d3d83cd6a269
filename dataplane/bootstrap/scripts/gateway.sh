#!/bin/bash
# Renders Envoy's configuration from the boot document and the live item, and runs Envoy.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"
umask 077

folder="$run/gateway"
region="$(field stack.region)"
table="$(field stack.table)"
key="$(field stack.configuration_key)"
image="$(field gateway.image)"
shared_folders

aws dynamodb get-item --region "$region" --consistent-read --output json \
  --table-name "$table" --key "$key" >"$folder/item.json.new" &&
  mv "$folder/item.json.new" "$folder/item.json" ||
  [[ -s "$folder/item.json" ]] || # the last one that was read serves on
  fail "gateway: the configuration item could not be read from table $table"
(cd "$code" && python3 -B -m gateway.render "$boot" "$folder/item.json" "$folder") ||
  fail "gateway: the configuration item does not say what the gateway needs; the line above says what"
(cd "$code" && python3 -B -m gateway.arguments "$folder/envoy.json") >"$folder/arguments"
mapfile -d '' -t arguments <"$folder/arguments"
: >"$folder/abandoned" # counted from this start of Envoy on
chown -R "$envoy_user:$envoy_user" "$folder"
rm -f "$run/agent/drain" # of the gateway before

docker rm --force homeport-gateway >/dev/null 2>&1 || true
# Host network: Envoy listens for the load balancer and reaches the engine's internal address; a
# published port would pass every byte through one more process. Memory: Envoy itself refuses work from 1 GiB of heap
# on (settings.py, max_heap_bytes); beyond what that leaves for the rest of the process something leaks.
exec docker run --rm --name homeport-gateway --network host --user "$envoy_user:$envoy_user" \
  --read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 256 \
  --memory 1536m --memory-swap 1536m --ulimit core=0 --ulimit nofile=65536:65536 \
  --log-driver awslogs --log-opt "awslogs-region=$region" \
  --log-opt "awslogs-group=$(field stack.log_group)" \
  --log-opt "awslogs-stream=$(machine_id)/gateway" \
  --log-opt mode=non-blocking --log-opt max-buffer-size=8m \
  --mount "type=bind,source=$folder,target=$folder" \
  --mount "type=bind,source=$run/agent,target=$run/agent" \
  --entrypoint /usr/local/bin/envoy "$image" "${arguments[@]}"
