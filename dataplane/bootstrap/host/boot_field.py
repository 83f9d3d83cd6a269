"""Prints one value of the boot document for the shell scripts: `boot_field.py FILE a.b.c`.

Text and numbers as they are, nothing for null, an empty list or an empty map; a list as NUL-terminated
items, a map as NUL-terminated keys and values. An unknown path ends with status 1.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast


def read_field(document: Any, path: str) -> Any:
    """The value at a dotted path. Raises `KeyError` with the part that is missing."""
    value = document
    for part in path.split("."):
        value = value[part]
    return value


def shell_text(value: Any) -> str:
    """How the scripts read it."""
    if value is None:
        return ""
    if isinstance(value, dict):
        pairs = sorted(cast("dict[str, Any]", value).items())
        return "".join(f"{name}\0{item}\0" for name, item in pairs)
    if isinstance(value, list):
        return "".join(f"{item}\0" for item in cast("list[Any]", value))
    return str(value)


if __name__ == "__main__":
    try:
        sys.stdout.write(
            shell_text(read_field(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2]))
        )
    except KeyError as missing:
        sys.exit(f"homeport: the boot document has no {sys.argv[2]} ({missing} is missing)")
