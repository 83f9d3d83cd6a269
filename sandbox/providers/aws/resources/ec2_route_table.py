"""aws.ec2.RouteTable: the table; its routes are types of their own."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)

GONE = "InvalidRouteTableID.NotFound"


def create(operation: Operation) -> None:
    table = operation.client("ec2").create_route_table(
        VpcId=operation.inputs["vpcId"],
        TagSpecifications=tag_specifications(operation, "route-table"),
    )["RouteTable"]
    operation.created(table["RouteTableId"])


def read(operation: Operation) -> dict[str, Any] | None:
    table = described(operation, "describe_route_tables", "RouteTableIds", "RouteTables", GONE)
    if table is None:
        return None
    return {
        "arn": operation.arn("ec2", f"route-table/{operation.id}"),
        "ownerId": operation.account.account_id,
        "vpcId": table["VpcId"],
        "tags": from_tag_list(table.get("Tags")),
    }


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    operation.retry(
        ("DependencyViolation",),
        lambda: found((GONE,), lambda: ec2.delete_route_table(RouteTableId=operation.id)),
    )


TYPE = ResourceType(
    token="aws:ec2/routeTable:RouteTable",
    cloudformation="AWS::EC2::RouteTable",
    properties={"vpcId": Property(), "tags": Property()},
    create=create,
    read=read,
    update=update_tags,
    delete=delete,
    sample=lambda: {"vpcId": "vpc-0123456789abcdef0", "tags": {"team": "search"}},
)
