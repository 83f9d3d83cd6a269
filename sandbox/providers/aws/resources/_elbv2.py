"""What the types of Elastic Load Balancing v2 share: attributes (a list of texts in the API) and tags."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.resources._ec2 import from_tag_list, to_tag_list

SOURCE = "hashicorp/terraform-provider-aws, internal/service/elbv2/"


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute behind a property, and which kinds of the resource know it.

    The provider neither sends nor reads an attribute that the kind does not know.
    """

    key: str
    kinds: frozenset[str]


def attribute_list(attributes: Mapping[str, Any]) -> list[dict[str, str]]:
    """Keys and values as the argument Attributes."""
    return [{"Key": key, "Value": attribute_text(value)} for key, value in attributes.items()]


def attribute_map(answer: Mapping[str, Any]) -> dict[str, str]:
    """The attributes of a Describe...Attributes answer."""
    return {item["Key"]: item.get("Value", "") for item in answer["Attributes"]}


def attribute_text(value: Any) -> str:
    """A value as the API writes it: `true`, `60`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def wanted_attributes(
    operation: Operation, table: Mapping[str, Attribute], kind: str, names: set[str]
) -> dict[str, Any]:
    """Key -> value of those properties that are given and that this kind knows."""
    return {
        attribute.key: operation.inputs[name]
        for name, attribute in table.items()
        if name in names and kind in attribute.kinds and operation.get(name) is not None
    }


def read_attributes(
    operation: Operation, table: Mapping[str, Attribute], kind: str, live: Mapping[str, str]
) -> dict[str, Any]:
    """Property -> value. What this kind does not know stays as it was recorded (the provider's flatten skips it)."""
    return {
        name: typed(live.get(attribute.key)) if kind in attribute.kinds else operation.get(name)
        for name, attribute in table.items()
    }


def typed(text: str | None) -> Any:
    """`true` -> True, `60` -> 60; other texts as they are, an empty one None."""
    if text in ("true", "false"):
        return text == "true"
    if text and text.isdigit():
        return int(text)
    return text or None


def read_tags(operation: Operation) -> dict[str, str]:
    """The tags of the thing with the operation's id."""
    answer = operation.client("elbv2").describe_tags(ResourceArns=[operation.id])
    return from_tag_list(answer["TagDescriptions"][0]["Tags"])


def tags_argument(operation: Operation) -> dict[str, Any]:
    """The argument Tags of a create call; nothing without tags, because AWS refuses an empty list."""
    tags = operation.get("tags")
    return {"Tags": to_tag_list(tags)} if tags else {}


def update_tags(operation: Operation) -> None:
    """Bring the tags about, if they changed."""
    if "tags" not in operation.changed:
        return
    written, removed = operation.tag_changes()
    elbv2 = operation.client("elbv2")
    if removed:
        elbv2.remove_tags(ResourceArns=[operation.id], TagKeys=removed)
    if written:
        elbv2.add_tags(ResourceArns=[operation.id], Tags=to_tag_list(written))


def name_rules(docs: str, maximum: int = 32) -> dict[str, Any]:
    """Rules of a load balancer's and a target group's name, as arguments of `Property`."""
    return {
        "because": f"{docs}: unique, at most {maximum} characters, alphanumeric or hyphens, 'must not begin or end "
        f"with a hyphen'; {SOURCE}validate.go",
        "rules": {"maxLength": maximum, "pattern": "^[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?$"},
    }
