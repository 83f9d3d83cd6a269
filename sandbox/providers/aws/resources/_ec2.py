"""What EC2's types share: tags, and the codes of its errors."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.providers.aws.operation import Operation, found


def tag_specifications(operation: Operation, resource_type: str) -> list[dict[str, Any]]:
    """The argument TagSpecifications of a create call; empty without tags."""
    tags = operation.get("tags")
    return [{"ResourceType": resource_type, "Tags": to_tag_list(tags)}] if tags else []


def to_tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Pulumi's map as AWS's list."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def from_tag_list(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's list as Pulumi's map, without the tags that AWS itself sets."""
    return {tag["Key"]: tag["Value"] for tag in tags or () if not tag["Key"].startswith("aws:")}


def update_tags(operation: Operation) -> None:
    """Bring the tags of an EC2 resource about, if they changed."""
    if "tags" not in operation.changed:
        return
    written, removed = operation.tag_changes()
    ec2 = operation.client("ec2")
    if removed:
        ec2.delete_tags(Resources=[operation.id], Tags=[{"Key": key} for key in removed])
    if written:
        ec2.create_tags(Resources=[operation.id], Tags=to_tag_list(written))


def described(
    operation: Operation, call: str, argument: str, member: str, *not_found: str
) -> dict[str, Any] | None:
    """What a describe call finds by the id, or None: `described(op, "describe_vpcs", "VpcIds", "Vpcs", code)`."""
    answer = found(
        not_found, lambda: getattr(operation.client("ec2"), call)(**{argument: [operation.id]})
    )
    return answer[member][0] if answer and answer[member] else None
