#!/bin/sh
# Inside the engine's container, only where the endpoint has secrets: files into variables of this one
# process (not in `docker inspect`), then the image's own entry point. Builtins only: small images have
# a shell and nothing else.
set -eu

for _homeport_file in /run/secrets/*; do
  [ -f "$_homeport_file" ] || continue
  _homeport_value=""
  _homeport_separator=""
  while IFS= read -r _homeport_line || [ -n "$_homeport_line" ]; do
    _homeport_value="$_homeport_value$_homeport_separator$_homeport_line"
    _homeport_separator="
"
  done <"$_homeport_file"
  export "${_homeport_file##*/}=$_homeport_value"
done
unset _homeport_file _homeport_value _homeport_separator _homeport_line
exec "$@"
