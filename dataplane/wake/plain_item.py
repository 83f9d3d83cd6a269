"""Attributes of a table's item in plain values, each read as what it must be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

Item = Mapping[str, Any]
"""Text, int, float, bool, None, lists and maps of them."""


class ItemError(ValueError):
    """An item that is not as its writer makes it; the text names the attribute, never its value."""


def text(item: Item, name: str, default: str | None = None) -> str:
    """Text, `default` where the attribute is missing or null. Raises `ItemError`, also for a missing one without it."""
    value = item.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise ItemError(f"{name}: must be text")
    return value


def number(item: Item, name: str, default: float | None = None) -> float:
    """A finite number; as `text`."""
    value = item.get(name)
    if value is None and default is not None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ItemError(f"{name}: must be a number")
    return value


def whole(item: Item, name: str, default: int | None = None) -> int:
    """A number without a fraction; as `text`."""
    value = number(item, name, default)
    if value != int(value):
        raise ItemError(f"{name}: must be a whole number")
    return int(value)


def texts(item: Item, name: str) -> tuple[str, ...]:
    """A list of text. Raises `ItemError`, also where it is missing."""
    value = _list(item, name)
    if not all(isinstance(one, str) for one in value):
        raise ItemError(f"{name}: must be a list of text")
    return tuple(cast("list[str]", value))


def numbers(item: Item, name: str) -> tuple[float, ...]:
    """A list of finite numbers, empty where it is missing. Raises `ItemError`."""
    if item.get(name) is None:
        return ()
    return tuple(number({name: one}, name) for one in _list(item, name))


def _list(item: Item, name: str) -> list[Any]:
    value = item.get(name)
    if not isinstance(value, list):
        raise ItemError(f"{name}: must be a list")
    return cast("list[Any]", value)
