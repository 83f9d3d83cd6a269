"""Durations as users write them: `30s`, `15m`, `1h`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from homeport.spec.refusal import refuse
from homeport.spec.shown import shown

UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smh])")
_FORM = "a duration such as 30s, 15m or 1h"


def parse_duration(value: object) -> int:
    """Seconds. Raises for anything but a positive whole number and one unit."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise refuse(str(value), f"{_FORM}, with its unit", f"write {value}s for seconds")
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise refuse(shown(value), _FORM, "write a whole number and one unit: s, m or h")
    return int(match[1]) * UNIT_SECONDS[match[2]]


def format_duration(seconds: int) -> str:
    """The shortest text that `parse_duration` reads as `seconds`."""
    for unit in ("h", "m"):
        if seconds % UNIT_SECONDS[unit] == 0:
            return f"{seconds // UNIT_SECONDS[unit]}{unit}"
    return f"{seconds}s"


DurationSeconds = Annotated[
    int,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$"}),
]
"""Seconds, written as a duration."""
