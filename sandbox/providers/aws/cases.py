"""Generated cases of strictness: each breaks one thing in a type's sample that the data forbid.

For every registered type: drop each required input, give each property a wrong type, break each enum, pattern and
limit, change each create-only property. Nested properties are reached where the sample has them.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from sandbox.providers.aws.check import check_inputs
from sandbox.providers.aws.declaration import ResourceType
from sandbox.providers.aws.defaults import Naming, with_defaults
from sandbox.providers.aws.diff import changes_between
from sandbox.providers.aws.model import Model, Node, model_of

NAMING = Naming(logical_name="sample", seed=b"sample")
IMPOSSIBLE = "\u0000not/allowed\u0000 here\n"
WRONG: dict[str, Any] = {
    "string": ["a list"],
    "boolean": "sometimes",
    "integer": "many",
    "number": "many",
    "list": "one",
    "map": "one",
    "object": "one",
    "asset": "one",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """`kind` is required, type, enum, pattern, limit or create-only; `inputs` are the sample with one thing wrong.

    A create-only case is held when the difference to the sample plans a replacement; every other when Check refuses.
    """

    kind: str
    path: str
    inputs: dict[str, Any]
    exempt_because: str

    @property
    def name(self) -> str:
        """As mapping files name it in `exempt`."""
        return f"{self.kind} {self.path}"


def cases_of(resource: ResourceType) -> list[Case]:
    """Every case of a type."""
    model = model_of(resource)
    sample = resource.sample()
    return [
        Case(
            kind=kind,
            path=path,
            inputs=inputs,
            exempt_because=resource.exempt.get(f"{kind} {path}", ""),
        )
        for kind, path, inputs in _broken(model, sample)
    ]


def is_refused(resource: ResourceType, case: Case) -> bool:
    """Whether the stand-in does what the data demand."""
    model = model_of(resource)
    if case.kind == "create-only":
        changes = changes_between(
            model, _completed(model, resource.sample()), _completed(model, case.inputs)
        )
        return any(change.replaces for change in changes)
    return bool(check_inputs(model, _completed(model, case.inputs))[1])


def sample_failures(resource: ResourceType) -> list[tuple[str, str]]:
    """What Check finds wrong with the sample itself: must be nothing."""
    model = model_of(resource)
    return check_inputs(model, _completed(model, resource.sample()))[1]


def _completed(model: Model, inputs: dict[str, Any]) -> dict[str, Any]:
    return with_defaults(model, inputs, {}, NAMING)[0]


def _broken(model: Model, sample: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for node, steps, value in _present(model.inputs, (), sample):
        if node.required:
            yield "required", node.path, _with(sample, steps, None)
        if node.kind in WRONG:
            yield "type", node.path, _with(sample, steps, WRONG[node.kind])
        for kind, broken in _values_that_break(node, value):
            yield kind, node.path, _with(sample, steps, broken)
        if node.replaces:
            yield "create-only", node.path, _with(sample, steps, another(node, value))
    for name, node in model.inputs.fields.items():
        if node.served and name not in sample:
            yield from _broken_addition(node, name, sample)


def _broken_addition(
    node: Node, name: str, sample: dict[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Cases of a property that the sample leaves out."""
    if node.kind in WRONG:
        yield "type", node.path, {**sample, name: WRONG[node.kind]}
    for kind, broken in _values_that_break(node, None):
        yield kind, node.path, {**sample, name: broken}
    if node.replaces and node.kind in ("string", "integer", "number", "boolean"):
        yield "create-only", node.path, {**sample, name: another(node, None)}


def _present(
    node: Node, steps: tuple[Any, ...], value: Any
) -> Iterator[tuple[Node, tuple[Any, ...], Any]]:
    """Every property and element that the sample has, with the way to it."""
    if steps:
        yield node, steps, value
    if node.kind == "object" and isinstance(value, dict):
        for name, child in node.fields.items():
            if name in value:
                yield from _present(child, (*steps, name), value[name])
    elif node.kind == "list" and node.element and isinstance(value, list) and value:
        yield from _present(node.element, (*steps, 0), value[0])
    elif node.kind == "map" and node.element and isinstance(value, dict) and value:
        first = sorted(value)[0]
        yield from _present(node.element, (*steps, first), value[first])


def _values_that_break(node: Node, value: Any) -> Iterator[tuple[str, Any]]:
    rules = node.rules
    if "enum" in rules:
        yield "enum", IMPOSSIBLE if node.kind == "string" else -987654
    if (
        "pattern" in rules
        and node.kind == "string"
        and not regex.search(rules["pattern"], IMPOSSIBLE)
    ):
        yield "pattern", IMPOSSIBLE
    if str(rules.get("format", "")).endswith("-network") and node.kind == "string":
        yield "pattern", "10.0.0.0/99"
    if "maxLength" in rules and node.kind == "string":
        yield "limit", "a" * (int(rules["maxLength"]) + 1)
    if rules.get("minLength", 0) > 0 and node.kind == "string":
        yield "limit", ""
    if "maximum" in rules and node.kind in ("integer", "number"):
        yield "limit", int(rules["maximum"]) + 1
    if "minimum" in rules and node.kind in ("integer", "number"):
        yield "limit", int(rules["minimum"]) - 1
    if "maxItems" in rules and node.kind == "list" and isinstance(value, list) and value:
        yield "limit", [copy.deepcopy(value[0]) for _ in range(int(rules["maxItems"]) + 1)]
    if rules.get("minItems", 0) > 0 and node.kind == "list":
        yield "limit", []


def another(node: Node, value: Any) -> Any:
    """A different value of the same type."""
    if node.kind == "boolean":
        return not value
    if node.kind in ("integer", "number"):
        return (value or 0) + 1
    if node.kind == "list" and node.element:
        return [another(node.element, value[0] if value else None)]
    if node.kind == "map":
        return {**(value or {}), "another": "value"}
    if node.kind == "object":
        name = next(name for name in (value or node.fields) if name in node.fields)
        return {**(value or {}), name: another(node.fields[name], (value or {}).get(name))}
    allowed = [item for item in node.rules.get("enum", ()) if item != value]
    return allowed[0] if allowed else f"{value or ''}another"


def _with(sample: dict[str, Any], steps: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The sample with one value replaced, or (None) left out."""
    changed = copy.deepcopy(sample)
    holder: Any = changed
    for step in steps[:-1]:
        holder = holder[step]
    if value is None and isinstance(holder, dict):
        del holder[steps[-1]]
    else:
        holder[steps[-1]] = value
    return changed
