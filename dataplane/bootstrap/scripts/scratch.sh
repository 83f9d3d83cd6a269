#!/bin/bash
# A place for weights and caches: the instance store where there is one, else the root disk.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"

instance_store_devices() {
  lsblk --nodeps --noheadings --paths --output NAME,MODEL | awk '/Instance Storage/ {print $1}'
}

# One device as it is, several as one RAID 0: lost with the machine either way.
instance_store_volume() {
  local -a devices
  mapfile -t devices < <(instance_store_devices)
  case ${#devices[@]} in
    0) fail "scratch: the plan counts on a local disk, this machine has none" ;;
    1) echo "${devices[0]}" ;;
    *)
      command -v mdadm >/dev/null || dnf install --assumeyes --quiet mdadm >&2
      if [[ ! -e "$root/dev/md/homeport" ]]; then
        mdadm --create /dev/md/homeport --run --level 0 --raid-devices "${#devices[@]}" \
          "${devices[@]}" >&2
      fi
      echo /dev/md/homeport
      ;;
  esac
}

mount_instance_store() {
  local volume
  # The Deep Learning image joins the disks itself (dlami-nvme.service) and mounts them here.
  if mountpoint --quiet "$root/opt/dlami/nvme"; then
    mkdir -p "$root/opt/dlami/nvme/homeport"
    mount --bind "$root/opt/dlami/nvme/homeport" "$scratch"
    return
  fi
  volume="$(instance_store_volume)"
  blkid "$volume" >/dev/null || mkfs.xfs -q "$volume"
  mount --options noatime,nodev,nosuid "$volume" "$scratch"
}

mkdir -p "$scratch"
local_disk_gib="$(field machine.local_disk_gib)"
if [[ $local_disk_gib -gt 0 ]] && ! mountpoint --quiet "$scratch"; then
  mount_instance_store
fi
mkdir -p "$scratch/weights" "$scratch/engine/home" "$scratch/engine/tmp" "$scratch/engine/cache"
