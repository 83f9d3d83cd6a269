#!/usr/bin/env bash
# Writes requirements-dev.lock from pyproject.toml: every package with its hashes, no address, no path.
# Needs the package registry; the lock's header names this script. Add `--upgrade` to move every version.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly UV_VERSION=0.13.9
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check "uv==$UV_VERSION"
"$scratch/venv/bin/uv" pip compile pyproject.toml --group dev --extra aws --extra policies --universal \
    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --quiet \
    --custom-compile-command "tools/lock.sh" --output-file requirements-dev.lock "$@"
grep -c '^[a-z]' requirements-dev.lock | sed 's/$/ packages locked/'
