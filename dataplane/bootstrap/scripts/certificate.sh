#!/bin/bash
# The machine's own certificate, for TLS between load balancer and gateway. Made anew on each machine:
# the load balancer does not check the name, and a key that is never copied cannot leak.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"
umask 077

folder="$run/gateway"
mkdir -p "$folder"
if [[ -s "$folder/tls.crt" && -s "$folder/tls.key" ]]; then exit 0; fi
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha256 -nodes -days 3650 \
  -subj /CN=homeport-replica -keyout "$folder/tls.key.new" -out "$folder/tls.crt.new" 2>/dev/null ||
  fail "certificate: openssl could not make one"
mv -f "$folder/tls.key.new" "$folder/tls.key"
mv -f "$folder/tls.crt.new" "$folder/tls.crt"
