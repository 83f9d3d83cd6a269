"""What IAM's types share: tags, and the code of what is gone."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.operation import Operation

GONE = ("NoSuchEntity",)


def tags_argument(operation: Operation) -> dict[str, Any]:
    """The argument Tags of a create call; empty without tags."""
    tags = operation.get("tags")
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}


def read_tags(tags: list[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's list as Pulumi's map."""
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def update_tags(operation: Operation, kind: str, argument: str) -> None:
    """Bring tags about with `tag_<kind>` and `untag_<kind>`, which name the thing by `argument`."""
    if "tags" not in operation.changed:
        return
    iam = operation.client("iam")
    written, removed = operation.tag_changes()
    if removed:
        getattr(iam, f"untag_{kind}")(**{argument: operation.id}, TagKeys=removed)
    if written:
        tags = [{"Key": key, "Value": value} for key, value in written.items()]
        getattr(iam, f"tag_{kind}")(**{argument: operation.id}, Tags=tags)
