"""Plain values in DynamoDB's own JSON, where each value says its type."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi


def typed_map(values: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of an item: text, numbers, flags, lists, maps, None. A resource's output is text.

    (DynamoDB API reference, AttributeValue, read 2026-11. Empty sets are refused: lists are lists.)
    """
    return {key: _typed(value) for key, value in values.items()}


def _typed(value: Any) -> dict[str, Any]:
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": f"{value:.15g}" if isinstance(value, float) else str(value)}
    if isinstance(value, str | pulumi.Output):
        return {"S": value}
    if isinstance(value, Mapping):
        return {"M": typed_map(value)}
    if isinstance(value, Sequence):
        return {"L": [_typed(part) for part in value]}
    raise TypeError(f"{type(value).__name__} has no DynamoDB type")
