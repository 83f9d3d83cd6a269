"""Enums, patterns, limits and create-only properties, from the CloudFormation schemas in cfn-lint's wheel.

The wheel is only read as files (importing cfn-lint costs a second); its schemas are AWS's own, under MIT-0.
"""

import functools
import importlib.util
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SCHEMA_REGION = "us-east-1"
"""Where most types exist; the wheel has an index a region."""
RULE_KEYWORDS = (
    "enum",
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "uniqueItems",
    "insertionOrder",
)

Node = Mapping[str, Any]


class Schema:
    """One resource type's schema; a node is a part of it with references resolved."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.create_only = frozenset(
            _path(pointer) for pointer in document.get("createOnlyProperties", ())
        )

    @property
    def root(self) -> Node:
        """The resource's properties, as an object node."""
        return self._document

    def resolve(self, node: Node) -> Node:
        """The node with `$ref` followed; keywords beside the reference stay."""
        while "$ref" in node:
            target: Any = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def child(self, node: Node, step: str) -> Node | None:
        """The node one step down: a property's name, or `*` for a list's items; None where there is none."""
        for variant in self._variants(self.resolve(node)):
            if step == "*" and isinstance(variant.get("items"), Mapping):
                return self.resolve(variant["items"])
            if step in variant.get("properties", {}):
                return self.resolve(variant["properties"][step])
        return None

    def rules(self, node: Node) -> dict[str, Any]:
        """The node's keywords that limit a value; alternatives are joined where each says something."""
        node = self.resolve(node)
        rules = {key: node[key] for key in RULE_KEYWORDS if key in node}
        alternatives = [self.resolve(item) for item in node.get("anyOf", node.get("oneOf", ()))]
        if "enum" not in rules and alternatives and all("enum" in item for item in alternatives):
            rules["enum"] = [value for item in alternatives for value in item["enum"]]
        return rules

    def _variants(self, node: Node) -> Iterator[Node]:
        yield node
        for keyword in ("anyOf", "oneOf", "allOf"):
            for item in node.get(keyword, ()):
                yield self.resolve(item)


@functools.cache
def schema(type_name: str) -> Schema:
    """The schema of `AWS::EC2::VPC` and the like. Raises KeyError where the wheel has none."""
    folder = _schemas_folder()
    file_name = _index()[type_name]
    return Schema(json.loads((folder / "resources" / f"{file_name}.json").read_text()))


@functools.cache
def _index() -> Mapping[str, str]:
    return json.loads((_schemas_folder() / "providers" / f"{SCHEMA_REGION}.json").read_text())


@functools.cache
def _schemas_folder() -> Path:
    found = importlib.util.find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            "the sandbox needs the package cfn-lint (for its CloudFormation schemas)"
        )
    return Path(found.submodule_search_locations[0]) / "data" / "schemas"


def _path(pointer: str) -> tuple[str, ...]:
    """`/properties/LaunchTemplate/LaunchTemplateId` -> ("LaunchTemplate", "LaunchTemplateId")."""
    return tuple(pointer.removeprefix("/properties/").replace("/properties/", "/").split("/"))
