"""Paths as users write them (`access.cidrs[0]`) and as readers keep them (`("access", "cidrs", 0)`)."""

import json
import re
from collections.abc import Iterable

from homeport.spec.shown import shown_key
from homeport.spec.yaml_slip import ReadPath

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|\[[0-9]+\]|[^.\[\]"]+')


def path_text(path: Iterable[str | int]) -> str:
    """Keys joined by dots, positions in brackets from 0."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{shown_key(part)}" if text else shown_key(part)
    return text


def path_parts(text: str) -> ReadPath:
    """The inverse of `path_text`, for every path that it writes without shortening."""
    return tuple(_part(match) for match in _PART.findall(text))


def _part(text: str) -> str | int:
    if text.startswith("["):
        return int(text[1:-1])
    return json.loads(text) if text.startswith('"') else text
