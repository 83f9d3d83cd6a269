"""Prints a number of the configuration item for the shell scripts: `live_number.py ITEM NAME DEFAULT`.

Whole seconds, rounded up. The default where the item is not there, is half written, or lacks the number: a script
that stops something goes on.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path


def live_number(item_path: Path, name: str, default: int) -> int:
    """The attribute of DynamoDB's own JSON, `{"Item": {name: {"N": "900"}}}`."""
    try:
        return math.ceil(float(json.loads(item_path.read_text("utf-8"))["Item"][name]["N"]))
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return default


if __name__ == "__main__":
    sys.stdout.write(f"{live_number(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))}\n")
