"""The state of an endpoint as the plain item that keeps it, and back. Key and `version` are the table's business."""

from __future__ import annotations

from typing import Any

from .model import ASLEEP, AWAKE, DRAINING, FAILED, PAUSE, PAUSED, SLEEP, WAKING, ZERO, State
from .plain_item import Item, ItemError, number, numbers, text, whole

_NAMES = frozenset((ASLEEP, WAKING, AWAKE, DRAINING, FAILED, PAUSED))
_GOALS = frozenset((SLEEP, ZERO, PAUSE))
_ATTRIBUTES = {"name": "state", "template": "rollout_template"}
"""Where a field's attribute has another name."""


def state_of(item: Item) -> State:
    """Raises `ItemError` for an item that no reconciler wrote. What is missing has the field's own default."""
    values = {field: _read(item, field) for field in State._fields}
    state = State(**values)
    if state.name not in _NAMES or (state.name == DRAINING and state.goal not in _GOALS):
        raise ItemError("state: must be a state's name, with its goal")
    return state


def _read(item: Item, field: str) -> Any:
    name, default = _ATTRIBUTES.get(field, field), State._field_defaults.get(field)
    if field == "recent_wakes":
        return numbers(item, name)
    if field == "since":
        return number(item, name)
    if isinstance(default, float):
        return number(item, name, default)
    if isinstance(default, int):
        return whole(item, name, default)
    return text(item, name, default)


def item_of(state: State) -> dict[str, Any]:
    """Every field, in plain values."""
    fields = state._asdict()
    fields["recent_wakes"] = list(state.recent_wakes)
    return {_ATTRIBUTES.get(name, name): value for name, value in fields.items()}
