"""aws.ec2.VpcEndpoint: a private way to a service, by routes (Gateway) or addresses (Interface)."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)

GONE = "InvalidVpcEndpointId.NotFound"
LISTS = {
    "routeTableIds": ("RouteTableIds", "RouteTableIds"),
    "subnetIds": ("SubnetIds", "SubnetIds"),
    "securityGroupIds": ("SecurityGroupIds", "SecurityGroupIds"),
}


def create(operation: Operation) -> None:
    lists = {
        member: operation.inputs[name] for name, (member, _) in LISTS.items() if operation.get(name)
    }
    if operation.get("privateDnsEnabled") is not None:
        lists["PrivateDnsEnabled"] = operation.inputs["privateDnsEnabled"]
    endpoint = operation.client("ec2").create_vpc_endpoint(
        VpcId=operation.inputs["vpcId"],
        ServiceName=operation.inputs["serviceName"],
        VpcEndpointType=operation.get("vpcEndpointType", "Gateway"),
        TagSpecifications=tag_specifications(operation, "vpc-endpoint"),
        **lists,
    )["VpcEndpoint"]
    operation.created(endpoint["VpcEndpointId"])


def read(operation: Operation) -> dict[str, Any] | None:
    endpoint = _endpoint(operation)
    if endpoint is None:
        return None
    kind, service = endpoint.get("VpcEndpointType", "Gateway"), endpoint["ServiceName"]
    return {
        "arn": operation.arn("ec2", f"vpc-endpoint/{operation.id}"),
        "vpcId": endpoint["VpcId"],
        "serviceName": service,
        "vpcEndpointType": kind,
        "state": endpoint["State"],
        "ownerId": operation.account.account_id,
        "prefixListId": _prefix_list(operation, service) if kind == "Gateway" else None,
        "routeTableIds": endpoint.get("RouteTableIds", []),
        "subnetIds": endpoint.get("SubnetIds", []),
        "securityGroupIds": [group["GroupId"] for group in endpoint.get("Groups", [])],
        "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled", False)),
        "tags": from_tag_list(endpoint.get("Tags")),
    }


def update(operation: Operation) -> None:
    changes: dict[str, Any] = {}
    for name, (member, _) in LISTS.items():
        if name not in operation.changed:
            continue
        old, new = set(operation.old.get(name) or ()), set(operation.get(name, ()))
        if new - old:
            changes[f"Add{member}"] = sorted(new - old)
        if old - new:
            changes[f"Remove{member}"] = sorted(old - new)
    if "privateDnsEnabled" in operation.changed:
        changes["PrivateDnsEnabled"] = bool(operation.get("privateDnsEnabled", False))
    if changes:
        operation.client("ec2").modify_vpc_endpoint(VpcEndpointId=operation.id, **changes)
    update_tags(operation)


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    found((GONE,), lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[operation.id]))
    operation.wait_until(f"endpoint {operation.id} to go", lambda: _endpoint(operation) is None)


def _endpoint(operation: Operation) -> dict[str, Any] | None:
    endpoint = described(
        operation, "describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints", GONE
    )
    return None if endpoint is None or endpoint["State"] == "deleted" else endpoint


def _prefix_list(operation: Operation, service: str) -> str | None:
    lists = operation.client("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [service]}]
    )["PrefixLists"]
    return next((one["PrefixListId"] for one in lists if one["PrefixListName"] == service), None)


DOCS = "pulumi_aws.ec2.VpcEndpoint"
GO = "hashicorp/terraform-provider-aws, internal/service/ec2/vpc_endpoint.go"

TYPE = ResourceType(
    token="aws:ec2/vpcEndpoint:VpcEndpoint",
    cloudformation="AWS::EC2::VPCEndpoint",
    properties={
        "vpcId": Property(),
        "serviceName": Property(
            required=True, because=f"{DOCS}: needed unless the endpoint is of another type"
        ),
        "vpcEndpointType": Property(
            default="Gateway",
            rules={"enum": ["Gateway", "Interface"]},
            because=f"{DOCS}: 'Defaults to Gateway.'; the sandbox serves these two",
        ),
        "routeTableIds": Property(unordered=True, because=f"{GO}: TypeSet"),
        "subnetIds": Property(unordered=True, because=f"{GO}: TypeSet"),
        "securityGroupIds": Property(unordered=True, because=f"{GO}: TypeSet"),
        "privateDnsEnabled": Property(),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    timeouts=Timeouts(create_seconds=600, update_seconds=600, delete_seconds=600),
    sample=lambda: {
        "vpcId": "vpc-0123456789abcdef0",
        "serviceName": "com.amazonaws.us-east-1.ecr.api",
        "vpcEndpointType": "Interface",
        "routeTableIds": ["rtb-0123456789abcdef0"],
        "subnetIds": ["subnet-0123456789abcdef0"],
        "securityGroupIds": ["sg-0123456789abcdef0"],
        "privateDnsEnabled": True,
        "tags": {"team": "search"},
    },
)
