#!/bin/bash
# secrets.sh [again]: secrets from the cloud's store into files in memory. Values never touch a command line or a
# disk. `again`, each hour: what cannot be read leaves what is in force, and a changed value is marked for the
# agent. The Hub's token is read at the start only: nothing needs it once the weights are there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=environment.sh
source "$(dirname "$0")/environment.sh"
umask 077

again="${1:-}"
unread=0
changed=0
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
  file="$run/secrets/$variable"
  if ! value="$(read_secret "$name")"; then
    unread=1
  elif [[ ! -f "$file" || "$(<"$file")" != "$value" ]]; then
    printf '%s' "$value" | keep "$file"
    changed=1
  fi
done <"$run/secrets.list"
if [[ -n "$again" ]]; then
  # After the files: an engine that starts in between takes the new values, and is marked once too often.
  if [[ $changed -ne 0 ]]; then
    : >"$run/secrets.changed"
    echo "secrets: a value changed; the engine runs with the one before"
  fi
  exit "$unread"
fi
[[ $unread -eq 0 ]] || exit 1

# The Hub's token is a header file for curl, outside the folder that the engine sees.
token_secret="$(field hub.token_secret)"
if [[ -n "$token_secret" ]]; then
  token="$(read_secret "$token_secret")"
  [[ "$token" =~ ^[A-Za-z0-9_.-]+$ ]] || fail "secrets: $token_secret does not look like a Hub token"
  printf 'Authorization: Bearer %s\n' "$token" | keep "$run/hub/header"
fi
