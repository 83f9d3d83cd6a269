"""The agent's log: one JSON line, never a request, never a token."""

from __future__ import annotations

import json
import sys


def log(text: str) -> None:
    """To standard output, which is the journal's."""
    sys.stdout.write(json.dumps({"agent": text}) + "\n")
    sys.stdout.flush()
