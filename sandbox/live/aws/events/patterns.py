"""Event patterns of EventBridge and of Lambda's filter criteria: equality, `prefix`, `exists`, `anything-but`.

EventBridge user guide, "Amazon EventBridge event patterns"; Lambda developer guide, "Filter rule syntax" (read
2026-11). What is not known here is refused when a rule or a mapping is made, so that nothing is let through unseen.
"""

from collections.abc import Mapping
from typing import Any

OPERATORS = ("prefix", "exists", "anything-but")
Pattern = Mapping[str, Any]


def check_pattern(pattern: Any, path: str = "pattern") -> None:
    """Raises `ValueError` for what `matches` does not know."""
    if not isinstance(pattern, dict):
        raise ValueError(f"{path}: must be an object or a list")  # noqa: TRY004 - of JSON
    for name, wanted in pattern.items():
        if isinstance(wanted, dict):
            check_pattern(wanted, f"{path}.{name}")
            continue
        if not isinstance(wanted, list) or not wanted or name.startswith("$"):
            raise ValueError(f"{path}.{name}: must be a list of values, or an object")
        for one in wanted:
            if isinstance(one, dict) and (len(one) != 1 or next(iter(one)) not in OPERATORS):
                known = ", ".join(OPERATORS)
                raise ValueError(f"{path}.{name}: found {one}, the live tier knows {known}")


def matches(pattern: Pattern, event: Any) -> bool:
    """Every field of the pattern by one of its values; `exists` looks at leaves only, as AWS's does."""
    return all(
        matches(wanted, _field(event, name) or {})
        if isinstance(wanted, dict)
        else any(_fits(one, event, name) for one in wanted)
        for name, wanted in pattern.items()
    )


def _fits(wanted: Any, event: Any, name: str) -> bool:
    found = _field(event, name)
    there = isinstance(event, dict) and name in event and not isinstance(found, dict)
    if isinstance(wanted, dict) and "exists" in wanted:
        return there is wanted["exists"]
    values = found if isinstance(found, list) else [found]
    return there and any(_value_fits(wanted, value) for value in values)


def _value_fits(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, dict):
        return wanted == value and isinstance(wanted, bool) == isinstance(value, bool)
    if "prefix" in wanted:
        return isinstance(value, str) and value.startswith(wanted["prefix"])
    excluded = wanted["anything-but"]
    excluded = excluded if isinstance(excluded, list) else [excluded]
    return not any(_value_fits(one, value) for one in excluded)


def _field(event: Any, name: str) -> Any:
    return event.get(name) if isinstance(event, dict) else None
