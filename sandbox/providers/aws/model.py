"""A resource type with its three sources joined: pulumi_aws's types, CloudFormation's rules, the declaration."""

import functools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.providers.aws import cloudformation
from sandbox.providers.aws.declaration import SAME_NAME, Property, ResourceType
from sandbox.providers.aws.pulumi_types import PulumiResource, PulumiType, pulumi_resource

REGION = Property(
    cloudformation=None,
    because="pulumi_aws: 'Region where this resource will be managed. Defaults to the Region set in the provider "
    "configuration'; a resource cannot move, so a change replaces",
    replaces=True,
)


class DeclarationError(Exception):
    """A mapping file and its data do not fit."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """One property, list element or map value, with all that is known of it.

    `fields` are an object's properties, `element` what a list or map holds, `rules` JSON Schema keywords,
    `mapped` whether CloudFormation has a counterpart.
    """

    path: str
    kind: str
    required: bool = False
    served: bool = True
    replaces: bool = False
    unordered: bool = False
    mapped: bool = False
    rules: Mapping[str, Any] = field(default_factory=dict)
    declaration: Property = field(default_factory=Property)
    element: "Node | None" = None
    fields: Mapping[str, "Node"] = field(default_factory=dict)

    def walk(self) -> Iterator["Node"]:
        """This node and every one below it."""
        yield self
        if self.element:
            yield from self.element.walk()
        for child in self.fields.values():
            yield from child.walk()


@dataclass(frozen=True, kw_only=True)
class Model:
    """`inputs` is an object node; `computed` and `outputs` are property names of the state."""

    resource: ResourceType
    inputs: Node
    outputs: frozenset[str]
    computed: frozenset[str]
    cloudformation: "cloudformation.Schema | None"


_models: dict[str, Model] = {}
_joining = threading.Lock()


def model_of(resource: ResourceType) -> Model:
    """The joined model. Raises DeclarationError where the declaration names what the data do not have."""
    if resource.token in _models:
        return _models[resource.token]
    with _joining:
        if resource.token not in _models:
            _models[resource.token] = _join(resource)
        return _models[resource.token]


def _join(resource: ResourceType) -> Model:
    pulumi = pulumi_resource(resource.token, resource.python)
    schema = cloudformation.schema(resource.cloudformation) if resource.cloudformation else None
    _refuse_unknown_names(resource, pulumi)
    joiner = _Joiner(resource, schema)
    fields = {
        name: joiner.node(
            name=name,
            path=name,
            pulumi=kind,
            required=name in pulumi.inputs.required,
            declared=_declared(resource, name),
            parent=schema.root if schema else None,
            steps=(),
        )
        for name, kind in pulumi.inputs.fields.items()
    }
    return Model(
        resource=resource,
        inputs=Node(path="", kind="object", fields=fields),
        outputs=pulumi.outputs,
        computed=pulumi.computed,
        cloudformation=schema,
    )


def _declared(resource: ResourceType, name: str) -> Property | None:
    if name == "region":
        return resource.properties.get("region", REGION)
    return resource.properties.get(name)


def _refuse_unknown_names(resource: ResourceType, pulumi: PulumiResource) -> None:
    if unknown := set(resource.properties) - set(pulumi.inputs.fields):
        raise DeclarationError(
            f"{resource.token}: pulumi_aws has no input {', '.join(sorted(unknown))}"
        )
    if resource.cloudformation is None and not resource.because:
        raise DeclarationError(
            f"{resource.token}: no CloudFormation type and no reason (`because`)"
        )


class _Joiner:
    """Walks pulumi_aws's types and CloudFormation's schema side by side."""

    def __init__(self, resource: ResourceType, schema: cloudformation.Schema | None) -> None:
        self._resource = resource
        self._schema = schema

    def node(
        self,
        *,
        name: str,
        path: str,
        pulumi: PulumiType,
        required: bool,
        declared: Property | None,
        parent: cloudformation.Node | None,
        steps: tuple[str, ...],
    ) -> Node:
        """The node of one named property; `parent` is the CloudFormation node of what holds it."""
        declaration = declared or Property()
        there, steps = self._find(name, path, declaration, declared is not None, parent, steps)
        rules = {
            **(self._schema.rules(there) if self._schema and there else {}),
            **declaration.rules,
        }
        if rules.get("enum") and pulumi.kind in ("integer", "number"):
            rules["enum"] = [
                float(value) if pulumi.kind == "number" else int(value) for value in rules["enum"]
            ]
        return Node(
            path=path,
            kind=pulumi.kind,
            required=required if declaration.required is None else declaration.required,
            served=declared is not None,
            replaces=self._replaces(declaration, steps),
            unordered=self._unordered(declaration, rules),
            mapped=there is not None,
            rules={key: value for key, value in rules.items() if value is not None},
            declaration=declaration,
            **self._children(path, pulumi, declaration, there, steps),
        )

    def _find(
        self,
        name: str,
        path: str,
        declaration: Property,
        declared: bool,
        parent: cloudformation.Node | None,
        steps: tuple[str, ...],
    ) -> tuple[cloudformation.Node | None, tuple[str, ...]]:
        """CloudFormation's node and its path, or None; an error where a declaration promises one that is not there."""
        wanted = declaration.cloudformation
        if self._schema is None or parent is None or wanted is None:
            return None, ("?",)
        if wanted is SAME_NAME:
            found = self._schema.child(parent, _pascal(name))
            if (
                found is None
                and declared
                and "." not in path
                and "[" not in path
                and not declaration.because
            ):
                raise DeclarationError(
                    f"{self._resource.token}: {self._resource.cloudformation} has no {_pascal(name)} for {path}; "
                    "name its path, or write cloudformation=None and because=<source>"
                )
            return found, (*steps, _pascal(name))
        text = str(wanted)
        node: cloudformation.Node | None = self._schema.root if text.startswith("/") else parent
        steps = () if text.startswith("/") else steps
        for step in text.strip("/").split("/"):
            node = self._schema.child(node, step) if node else None
            steps = (*steps, step)
        if node is None:
            raise DeclarationError(
                f"{self._resource.token}: {self._resource.cloudformation} has no {text} for {path}"
            )
        return node, steps

    def _replaces(self, declaration: Property, steps: tuple[str, ...]) -> bool:
        if declaration.replaces is not None:
            return declaration.replaces
        return bool(self._schema) and steps in self._schema.create_only  # type: ignore[union-attr]

    @staticmethod
    def _unordered(declaration: Property, rules: Mapping[str, Any]) -> bool:
        if declaration.unordered is not None:
            return declaration.unordered
        return rules.get("insertionOrder") is False or (
            rules.get("uniqueItems") is True and rules.get("insertionOrder") is not True
        )

    def _children(
        self,
        path: str,
        pulumi: PulumiType,
        declaration: Property,
        there: cloudformation.Node | None,
        steps: tuple[str, ...],
    ) -> dict[str, Any]:
        if pulumi.kind in ("list", "map") and pulumi.element:
            return {"element": self._element(path, pulumi, declaration, there, steps)}
        if pulumi.kind != "object":
            return {}
        if there and self._schema and (items := self._schema.child(there, "*")):
            there, steps = (
                items,
                (*steps, "*"),
            )  # a block that Pulumi shows as one object where the cloud has a list
        if unknown := (set(declaration.properties) | declaration.refused) - set(pulumi.fields):
            raise DeclarationError(
                f"{self._resource.token}: pulumi_aws has no {path}.{', '.join(sorted(unknown))}"
            )
        return {
            "fields": {
                name: self.node(
                    name=name,
                    path=f"{path}.{name}",
                    pulumi=kind,
                    required=name in pulumi.required,
                    declared=None
                    if name in declaration.refused
                    else declaration.properties.get(name, Property()),
                    parent=there,
                    steps=steps,
                )
                for name, kind in pulumi.fields.items()
            }
        }

    def _element(
        self,
        path: str,
        pulumi: PulumiType,
        declaration: Property,
        there: cloudformation.Node | None,
        steps: tuple[str, ...],
    ) -> Node:
        assert pulumi.element
        below = self._schema.child(there, "*") if there and self._schema else None
        if below and self._schema and pulumi.kind == "map" and self._schema.child(below, "Value"):
            below = self._schema.child(
                below, "Value"
            )  # a map where CloudFormation has a list of Key and Value
        element_path = f"{path}[*]" if pulumi.kind == "list" else f"{path}.*"
        rules = self._schema.rules(below) if below and self._schema else {}
        return Node(
            path=element_path,
            kind=pulumi.element.kind,
            mapped=below is not None,
            rules=rules,
            unordered=self._unordered(Property(), rules),
            declaration=Property(compared_as=declaration.compared_as),
            **self._children(element_path, pulumi.element, declaration, below, (*steps, "*")),
        )


@functools.cache
def _pascal(name: str) -> str:
    return name[0].upper() + name[1:]
