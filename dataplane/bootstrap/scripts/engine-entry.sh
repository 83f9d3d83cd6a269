#!/bin/sh
# Inside the engine's container, only where the endpoint has secrets: files into variables of this one
# process (not in `docker inspect`), then the image's own entry point. Builtins only: small images have
# a shell and nothing else.
set -eu

for file in /run/secrets/*; do
  [ -f "$file" ] || continue
  value=""
  separator=""
  while IFS= read -r line || [ -n "$line" ]; do
    value="$value$separator$line"
    separator="
"
  done <"$file"
  export "${file##*/}=$value"
done
unset file value separator line
exec "$@"
