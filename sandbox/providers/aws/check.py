"""Are these inputs valid? Every failure with the property's path; and the values in the types that AWS wants."""

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import regex

from sandbox.providers.aws.model import Model, Node
from sandbox.providers.aws.values import UNKNOWN, Asset

Failure = tuple[str, str]
"""(property path, reason); a failure of the whole resource has an empty path."""


def check_inputs(model: Model, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
    """The inputs with strings turned into the numbers and booleans that they mean, and all that is wrong with them."""
    failures: list[Failure] = []
    checked = _object(model.inputs, "", inputs, failures)
    if model.resource.check and not failures:
        failures.extend(model.resource.check(checked))
    return checked, failures


def _object(
    node: Node, path: str, values: Mapping[str, Any], failures: list[Failure]
) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        child_path = f"{path}.{name}" if path else name
        if name.startswith("__"):
            checked[name] = value
        elif name not in node.fields:
            failures.append((child_path, "the provider has no such property"))
        elif not node.fields[name].served:
            failures.append(
                (child_path, "this property exists but the sandbox does not serve it yet")
            )
        elif value is not None:
            checked[name] = _value(node.fields[name], child_path, value, failures)
    for name, child in node.fields.items():
        if child.required and values.get(name) is None:
            failures.append(
                (f"{path}.{name}" if path else name, "this property is required and was not given")
            )
    return checked


def _value(node: Node, path: str, value: Any, failures: list[Failure]) -> Any:
    if value is UNKNOWN or node.kind == "any":
        return value
    value = _coerced(node.kind, value)
    if not _has_kind(node.kind, value):
        wanted = {"object": "an object", "map": "a map", "list": "a list"}.get(
            node.kind, f"a {node.kind}"
        )
        failures.append((path, f"expected {wanted}, got {type(value).__name__} {_short(value)}"))
        return value
    failures.extend((path, reason) for reason in broken_rules(node, value))
    if node.kind == "object":
        return _object(node, path, value, failures)
    if node.kind == "list" and node.element:
        return [
            _value(node.element, f"{path}[{index}]", item, failures)
            for index, item in enumerate(value)
        ]
    if node.kind == "map" and node.element:
        return {
            key: _value(node.element, f"{path}.{key}", item, failures)
            for key, item in value.items()
        }
    return value


def _coerced(kind: str, value: Any) -> Any:
    """Strings, numbers and booleans turned into each other where they mean the same, as the provider's bridge does."""
    if kind == "string" and isinstance(value, bool):
        return "true" if value else "false"
    if kind == "string" and isinstance(value, int | float):
        return str(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind in ("integer", "number") and isinstance(value, str):
        try:
            return int(value) if kind == "integer" else float(value)
        except ValueError:
            return value
    return value


def _has_kind(kind: str, value: Any) -> bool:
    if kind in ("integer", "number"):
        return isinstance(value, int if kind == "integer" else int | float) and not isinstance(
            value, bool
        )
    kinds: dict[str, type] = {
        "string": str,
        "boolean": bool,
        "list": list,
        "map": dict,
        "object": dict,
        "asset": Asset,
    }
    return isinstance(value, kinds[kind])


def broken_rules(node: Node, value: Any) -> Iterator[str]:
    """A sentence for each rule of the node (enum, pattern, limits, format) that the value breaks."""
    for keyword, limit in node.rules.items():
        if reason := RULES[keyword](limit, value) if keyword in RULES else None:
            yield reason
    if node.declaration.json_document and not _is_json(value):
        yield f"contains invalid JSON: {_short(value)}"


def _enum(allowed: list[Any], value: Any) -> str | None:
    if isinstance(value, dict | list) or value in allowed:
        return None
    return f"expected one of {json.dumps(allowed)}, got {_short(value)}"


def _pattern(pattern: str, value: Any) -> str | None:
    if not isinstance(value, str) or regex.search(pattern, value):
        return None
    return f"{_short(value)} does not match the pattern {pattern}"


def _at_least(
    what: str, measure: Callable[[Any], float | None]
) -> Callable[[Any, Any], str | None]:
    def rule(limit: float, value: Any) -> str | None:
        measured = measure(value)
        return (
            f"expected {what} to be at least {limit}, got {measured}"
            if measured is not None and measured < limit
            else None
        )

    return rule


def _at_most(what: str, measure: Callable[[Any], float | None]) -> Callable[[Any, Any], str | None]:
    def rule(limit: float, value: Any) -> str | None:
        measured = measure(value)
        return (
            f"expected {what} to be at most {limit}, got {measured}"
            if measured is not None and measured > limit
            else None
        )

    return rule


def _length(value: Any) -> float | None:
    return len(value) if isinstance(value, str) else None


def _count(value: Any) -> float | None:
    return len(value) if isinstance(value, list | dict) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _format(name: str, value: Any) -> str | None:
    network = {"ipv4-network": ipaddress.IPv4Network, "ipv6-network": ipaddress.IPv6Network}.get(
        name
    )
    if network is None or not isinstance(value, str):
        return None
    try:
        network(value)
    except ValueError as error:
        return f"{_short(value)} is not a network in CIDR notation: {error}"
    return None


RULES: Mapping[str, Callable[[Any, Any], str | None]] = {
    "enum": _enum,
    "pattern": _pattern,
    "format": _format,
    "minLength": _at_least("length", _length),
    "maxLength": _at_most("length", _length),
    "minItems": _at_least("number of items", _count),
    "maxItems": _at_most("number of items", _count),
    "minimum": _at_least("value", _number),
    "maximum": _at_most("value", _number),
}


def _is_json(value: Any) -> bool:
    try:
        json.loads(value)
    except (TypeError, ValueError):
        return False
    return True


def _short(value: Any) -> str:
    text = json.dumps(value, default=repr)
    return text if len(text) <= 80 else f"{text[:77]}..."
