"""What changed between two sets of inputs, by path, and whether it can be done in place."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.aws.defaults import DEFAULTS_KEY
from sandbox.providers.aws.model import Model, Node
from sandbox.providers.aws.values import UNKNOWN

ABSENT: Any = object()


@dataclass(frozen=True, kw_only=True)
class Change:
    """`kind` is add, delete or update; `path` as Pulumi writes it: `tags.team`, `ingress[0].cidrBlocks[1]`."""

    path: str
    kind: str
    replaces: bool

    @property
    def property(self) -> str:
        """The top-level property."""
        return self.path.split(".")[0].split("[")[0]


def changes_between(
    model: Model, old: Mapping[str, Any], new: Mapping[str, Any], ignored: Iterable[str] = ()
) -> list[Change]:
    """Every change, except below the ignored paths. A value that is not known yet counts as changed."""
    ignored_paths = [_steps(path) for path in ignored]
    found = _object(model.inputs, "", old, new, replaces=False)
    return [
        change
        for change in found
        if not any(_covers(path, _steps(change.path)) for path in ignored_paths)
    ]


def deletes_first(model: Model, new: Mapping[str, Any]) -> bool:
    """Whether a replacement deletes the old one first: where the program itself chose the name.

    pulumi-terraform-bridge, `nameRequiresDeleteBeforeReplace` in `pkg/tfbridge/schema.go`.
    """
    if model.resource.delete_before_replace:
        return True
    auto_name = model.resource.auto_name
    if auto_name is None or DEFAULTS_KEY not in new:
        return False
    return auto_name.property in new and auto_name.property not in new[DEFAULTS_KEY]


def same(node: Node, old: Any, new: Any) -> bool:
    """Whether the provider sees no difference between two values of a property."""
    return not list(_value(node, "", old, new, replaces=False))


def _object(
    node: Node, path: str, old: Mapping[str, Any], new: Mapping[str, Any], replaces: bool
) -> Iterator[Change]:
    for name in sorted({*old, *new} - {DEFAULTS_KEY}):
        child = node.fields.get(name)
        if child:
            yield from _value(
                child,
                f"{path}.{name}" if path else name,
                old.get(name, ABSENT),
                new.get(name, ABSENT),
                replaces,
            )


def _value(node: Node, path: str, old: Any, new: Any, replaces: bool) -> Iterator[Change]:
    replaces = replaces or node.replaces
    old, new = (ABSENT if value is None else value for value in (old, new))
    if old is ABSENT and new is ABSENT:
        return
    if old is ABSENT or new is ABSENT:
        present = new if old is ABSENT else old
        # A list or map that is left out and an empty one are the same to the provider. A block is not: an empty one
        # (`block: {}` of a firewall rule's action) says something.
        if isinstance(present, list | dict) and not present and node.kind != "object":
            return
        kind = "add" if old is ABSENT else "delete"
        replaces = replaces or node.declaration.replaces_when_added_or_removed
        yield Change(path=path, kind=kind, replaces=replaces or _any_replaces(node, present))
        return
    if old is UNKNOWN or new is UNKNOWN:
        yield Change(path=path, kind="update", replaces=replaces or _any_replaces(node, old))
    elif node.kind == "object" and isinstance(old, dict) and isinstance(new, dict):
        yield from _object(node, path, old, new, replaces)
    elif node.kind == "map" and node.element and isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _value(
                node.element,
                f"{path}{_key(key)}",
                old.get(key, ABSENT),
                new.get(key, ABSENT),
                replaces,
            )
    elif node.kind == "list" and node.element and isinstance(old, list) and isinstance(new, list):
        yield from (_set if node.unordered else _list)(node.element, path, old, new, replaces)
    elif _comparable(node, old) != _comparable(node, new):
        yield Change(path=path, kind="update", replaces=replaces)


def _list(
    element: Node, path: str, old: list[Any], new: list[Any], replaces: bool
) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        before = old[index] if index < len(old) else ABSENT
        after = new[index] if index < len(new) else ABSENT
        yield from _value(element, f"{path}[{index}]", before, after, replaces)


def _set(
    element: Node, path: str, old: list[Any], new: list[Any], replaces: bool
) -> Iterator[Change]:
    """Elements that have an equal in the other set are no change, wherever they stand."""
    gone = dict(enumerate(old))
    for index, value in enumerate(new):
        partner = next(
            (position for position, item in gone.items() if same(element, item, value)), None
        )
        if partner is None:
            yield Change(
                path=f"{path}[{index}]",
                kind="add",
                replaces=replaces or _any_replaces(element, value),
            )
        else:
            del gone[partner]
    for index, value in gone.items():
        yield Change(
            path=f"{path}[{index}]",
            kind="delete",
            replaces=replaces or _any_replaces(element, value),
        )


def _any_replaces(node: Node, value: Any) -> bool:
    """Whether something that is present in a value that comes or goes is immutable."""
    if node.replaces:
        return True
    if isinstance(value, dict):
        return any(
            _any_replaces(node.fields[name], item)
            for name, item in value.items()
            if name in node.fields
        )
    if isinstance(value, list) and node.element:
        return any(_any_replaces(node.element, item) for item in value)
    return False


def _comparable(node: Node, value: Any) -> Any:
    if node.declaration.compared_as:
        value = node.declaration.compared_as(value)
    if node.declaration.json_document and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else value
    return float(value)


def _key(key: str) -> str:
    return (
        f".{key}"
        if key.replace("_", "a").replace("-", "a").isalnum() and not key[0].isdigit()
        else f'["{key}"]'
    )


def _steps(path: str) -> tuple[str, ...]:
    """`a.b[0]["c.d"]` as steps."""
    steps: list[str] = []
    rest = path
    while rest:
        if rest.startswith('["'):
            step, _, rest = rest[2:].partition('"]')
        elif rest.startswith("["):
            step, _, rest = rest[1:].partition("]")
        else:
            rest = rest.lstrip(".")
            end = min(
                (position for position in (rest.find("."), rest.find("[")) if position > 0),
                default=len(rest),
            )
            step, rest = rest[:end], rest[end:]
        steps.append(step)
    return tuple(steps)


def _covers(pattern: tuple[str, ...], steps: tuple[str, ...]) -> bool:
    return len(pattern) <= len(steps) and all(
        wanted in ("*", step) for wanted, step in zip(pattern, steps, strict=False)
    )
