#!/bin/sh
# Finds a Python that is new enough and lets it set up the checkout. Idempotent; see tools/setup.
set -eu
cd "$(dirname "$0")/.."

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    # Started, not just found: version managers leave names on PATH that do not start.
    if "$python" -c "$new_enough" >/dev/null 2>&1; then
        exec "$python" -B -m tools.setup "$@"
    fi
done
echo "setup: error: Python 3.11 or newer is needed; $(python3 --version 2>&1 || true). Install it and run again." >&2
exit 2
