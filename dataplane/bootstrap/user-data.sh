#!/bin/bash
# homeport start-up. Fetches two objects named by their hash, checks them, and hands over to systemd.
# Runs as root, once a boot at most; running it again changes nothing.
set -euo pipefail
umask 022

# @values@

root="${HOMEPORT_ROOT:-}" # a test gives a folder of its own
work="$root/var/lib/homeport"
stage="start"

# What went wrong goes to the console (stderr of user data) and to the endpoint's log group. The machine
# then takes no traffic: its launch hook, which nothing completes, abandons and replaces it.
report() {
  local status=$? machine message
  [[ $status -eq 0 ]] && return
  machine="$(cat "$root/var/lib/cloud/data/instance-id" 2>/dev/null || echo unknown)"
  message="homeport: user data failed at: $stage (exit $status)"
  echo "$message" >&2
  aws logs create-log-stream --region "$region" --log-group-name "$log_group" \
    --log-stream-name "$machine/boot" >/dev/null 2>&1 || true
  aws logs put-log-events --region "$region" --log-group-name "$log_group" \
    --log-stream-name "$machine/boot" \
    --log-events "timestamp=$(date +%s)000,message=\"$message\"" >/dev/null 2>&1 || true
}
trap report EXIT

# Package by package that a tool needs: some images bring all of them, the minimal one does not.
install_missing() {
  local -a packages=()
  local pair
  for pair in aws:awscli-2 tar:tar gzip:gzip openssl:openssl iptables:iptables-nft curl:curl-minimal; do
    command -v "${pair%%:*}" >/dev/null || packages+=("${pair#*:}")
  done
  [[ ${#packages[@]} -eq 0 ]] || dnf install --assumeyes --quiet "${packages[@]}"
}

# fetch KEY SHA256 FILE: leaves the checked object in FILE.
fetch() {
  local key="$1" wanted="$2" file="$3" found attempt
  if [[ -f "$file" ]] && echo "$wanted  $file" | sha256sum --check --status; then return; fi
  for attempt in 1 2 3 4 5; do
    aws s3 cp --region "$region" --only-show-errors "s3://$bucket/$key" "$file.part" && break
    [[ $attempt -lt 5 ]] || { stage="fetching s3://$bucket/$key"; return 1; }
    sleep "$((attempt * 2))" # the role of a new machine may need a moment to be known everywhere
  done
  found="$(sha256sum "$file.part" | cut -d ' ' -f 1)"
  if [[ "$found" != "$wanted" ]]; then
    rm -f "$file.part"
    stage="checking s3://$bucket/$key: its sha256 is $found, must be $wanted"
    return 1
  fi
  mv -f "$file.part" "$file"
}

stage="installing tools that the machine image lacks"
install_missing

mkdir -p "$work" "$root/opt/homeport" "$root/etc/homeport"
stage="fetching the start-up archive"
fetch "$archive_key" "$archive_sha256" "$work/$archive_sha256.tar.gz"
stage="fetching the boot document"
fetch "$boot_key" "$boot_sha256" "$work/$boot_sha256.json"

stage="unpacking the start-up archive"
code="$root/opt/homeport/$archive_sha256"
if [[ ! -d "$code" ]]; then
  rm -rf "$code.part"
  mkdir "$code.part"
  tar --extract --gzip --no-same-owner --directory "$code.part" --file "$work/$archive_sha256.tar.gz"
  mv "$code.part" "$code"
fi
ln -sfn "$code" "$root/opt/homeport/current"
install -m 0644 "$work/$boot_sha256.json" "$root/etc/homeport/boot.json"

stage="starting homeport-boot"
"$root/opt/homeport/current/scripts/install.sh"
