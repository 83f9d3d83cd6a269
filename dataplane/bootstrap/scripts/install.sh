#!/bin/bash
# Installs the units of this archive and starts them. May run twice.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

units="$root/etc/systemd/system"
mkdir -p "$units"
install -m 0644 "$code"/units/* "$units/"

# The CPU image brings an ECS agent that would look for a cluster.
if systemctl cat ecs.service >/dev/null 2>&1; then
  systemctl mask --now --no-block ecs.service
fi
systemctl daemon-reload
systemctl enable --quiet docker.service homeport-boot.target
# Not waited for: user data is itself a job of this boot.
systemctl start --no-block homeport-boot.target
