"""Plain values in DynamoDB's own JSON, where each value says its type, and back.

API reference, AttributeValue (read 2026-11): numbers have 38 digits and are sent as text; a float of Python has 17.
Binary values are not ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast


def typed_map(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Of an item. Raises `TypeError` for what has no type there, `ValueError` for a number that is none."""
    return {key: typed(value) for key, value in values.items()}


def typed(value: Any) -> dict[str, Any]:
    """Of one value; as `typed_map`."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            raise ValueError("a number must be finite")
        return {"N": repr(value)}
    if isinstance(value, Mapping):
        return {"M": typed_map(cast("Mapping[str, Any]", value))}
    if isinstance(value, (list, tuple)):
        return {"L": [typed(one) for one in cast("list[Any]", value)]}
    raise TypeError(f"{type(value).__name__} has no DynamoDB type")


def plain_map(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """An item as the table gives it. Raises `ValueError` for a type that is not ours."""
    return {key: plain(value) for key, value in values.items()}


def plain(value: Mapping[str, Any]) -> Any:
    """One value; a number without a fraction is an int, a set is a sorted list."""
    ((kind, content),) = value.items()
    if kind in ("S", "BOOL"):
        return content
    if kind == "N":
        return _number(content)
    if kind == "NULL":
        return None
    if kind == "M":
        return plain_map(content)
    if kind == "L":
        return [plain(one) for one in content]
    if kind == "SS":
        return sorted(content)
    raise ValueError(f"a value of type {kind} is none of ours")


def _number(written: str) -> int | float:
    try:
        return int(written)
    except ValueError:
        value = float(written)
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
