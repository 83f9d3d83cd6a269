"""The inputs that a resource has now, so that a refresh finds every edit made outside Pulumi."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.defaults import DEFAULTS_KEY
from sandbox.providers.aws.diff import same
from sandbox.providers.aws.model import Model, Node

EMPTY: tuple[Any, ...] = ({}, [], "", False, 0, None)


def observed_inputs(
    model: Model,
    old_inputs: Mapping[str, Any],
    old_state: Mapping[str, Any],
    live: Mapping[str, Any],
) -> dict[str, Any]:
    """What the program would have to say to get `live`.

    A property that the program set has its live value. One that it left to AWS stays out, as long as it is what
    it was when Pulumi last looked; otherwise someone has changed it, and it appears. Without earlier inputs
    (an import) everything that is set appears.
    """
    if not old_inputs:
        return _everything(model.inputs, live)
    observed = _object(model.inputs, old_inputs, old_state, live)
    if DEFAULTS_KEY in old_inputs:
        observed[DEFAULTS_KEY] = old_inputs[DEFAULTS_KEY]
    return observed


def with_what_the_cloud_hides(
    model: Model, old_inputs: Mapping[str, Any], live: Mapping[str, Any]
) -> dict[str, Any]:
    """`live` with the properties that only the provider knows, or that the cloud never shows again."""
    complete = dict(live)
    for name, declared in model.resource.properties.items():
        if (declared.provider_only or declared.write_only) and name in old_inputs:
            complete[name] = old_inputs[name]
    return complete


def _object(node: Node, old_inputs: Any, old_state: Any, live: Mapping[str, Any]) -> dict[str, Any]:
    old_inputs = old_inputs if isinstance(old_inputs, Mapping) else {}
    old_state = old_state if isinstance(old_state, Mapping) else {}
    result = {}
    for name, child in node.fields.items():
        value = live.get(name)
        if not child.served or value is None:
            continue
        if name in old_inputs:
            result[name] = _value(child, old_inputs[name], old_state.get(name), value)
        elif not same(child, old_state.get(name), value) and not _both_empty(
            old_state.get(name), value
        ):
            result[name] = value
    return result


def _value(node: Node, old_input: Any, old_state: Any, live: Any) -> Any:
    if same(node, old_input, live):
        return old_input  # the same to the provider: keep the program's spelling and order
    if node.kind == "object" and isinstance(live, Mapping):
        return _object(node, old_input, old_state, live)
    if node.kind == "list" and node.element and isinstance(live, list):
        return _list(node, old_input if isinstance(old_input, list) else [], old_state, live)
    return live


def _list(node: Node, old_input: list[Any], old_state: Any, live: list[Any]) -> list[Any]:
    """Elements in the program's order where they can be recognised."""
    assert node.element
    before = old_state if isinstance(old_state, list) else []
    if not node.unordered:
        return [
            _value(node.element, _at(old_input, index), _at(before, index), item)
            for index, item in enumerate(live)
        ]
    rest = list(live)
    result = []
    for wanted in old_input:
        match = next(
            (item for item in rest if _is_what_was_wanted(node.element, wanted, item, before)), None
        )
        if match is not None:
            rest.remove(match)
            result.append(wanted)
    return result + [_stripped(node.element, item) for item in rest]


def _is_what_was_wanted(element: Node, wanted: Any, item: Any, before: list[Any]) -> bool:
    """Whether a live element of a set is the program's, with only what AWS filled in at creation added."""
    if same(element, wanted, _like(element, wanted, item)):
        return True
    if not isinstance(wanted, Mapping) or not isinstance(item, Mapping) or item not in before:
        return False
    return same(element, wanted, {name: value for name, value in item.items() if name in wanted})


def _like(node: Node, wanted: Any, item: Any) -> Any:
    """The live element without what AWS fills in where the program said nothing (absent or empty values)."""
    if not isinstance(wanted, Mapping) or not isinstance(item, Mapping):
        return item
    return {
        name: _like(node.fields[name], wanted.get(name), value) if name in node.fields else value
        for name, value in item.items()
        if name in wanted or value not in EMPTY
    }


def _stripped(node: Node, item: Any) -> Any:
    if not isinstance(item, Mapping):
        return item
    return {
        name: value for name, value in item.items() if value not in EMPTY and name in node.fields
    }


def _everything(node: Node, live: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: live[name]
        for name, child in node.fields.items()
        if child.served and live.get(name) is not None and live[name] not in ({}, [], "")
    }


def _both_empty(old: Any, live: Any) -> bool:
    return old in EMPTY and live in EMPTY


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None
