#!/bin/bash
# Secrets from the cloud's store into files in memory. Values never touch a command line or a disk.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"
umask 077

mkdir -p "$run/secrets" "$run/hub"
if [[ -z "$root" && "$(stat --file-system --format %T "$run")" != tmpfs ]]; then
  fail "secrets: $run is not in memory"
fi
region="$(field stack.region)"

# read_secret NAME: prints the value; a builtin hands it on, so that no process lists it.
read_secret() {
  local value
  value="$(aws secretsmanager get-secret-value --region "$region" --secret-id "$1" \
    --query SecretString --output text)" ||
    fail "secrets: $1 could not be read from Secrets Manager; does it exist, may this machine read it?"
  [[ -n "$value" && "$value" != None ]] || fail "secrets: $1 holds no text"
  printf '%s' "$value"
}

# keep FILE: standard input into FILE, complete or not at all, readable for its owner only.
keep() {
  cat >"$1.new"
  chmod 0400 "$1.new"
  mv -f "$1.new" "$1"
}

field engine.secrets >"$run/secrets.list"
while IFS= read -r -d '' variable && IFS= read -r -d '' name; do
  value="$(read_secret "$name")"
  printf '%s' "$value" | keep "$run/secrets/$variable"
done <"$run/secrets.list"

# The Hub's token is a header file for curl, outside the folder that the engine sees.
token_secret="$(field hub.token_secret)"
if [[ -n "$token_secret" ]]; then
  token="$(read_secret "$token_secret")"
  [[ "$token" =~ ^[A-Za-z0-9_.-]+$ ]] || fail "secrets: $token_secret does not look like a Hub token"
  printf 'Authorization: Bearer %s\n' "$token" | keep "$run/hub/header"
fi
