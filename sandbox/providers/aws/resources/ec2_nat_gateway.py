"""aws.ec2.NatGateway: a public one, with one address."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)

GONE = "NatGatewayNotFound"


def create(operation: Operation) -> None:
    gateway = operation.client("ec2").create_nat_gateway(
        SubnetId=operation.inputs["subnetId"],
        AllocationId=operation.inputs["allocationId"],
        ConnectivityType=operation.get("connectivityType", "public"),
        TagSpecifications=tag_specifications(operation, "natgateway"),
    )["NatGateway"]
    operation.created(gateway["NatGatewayId"])
    operation.wait_until(
        f"NAT gateway {operation.id}",
        lambda: (_gateway(operation) or {}).get("State") == "available",
    )


def read(operation: Operation) -> dict[str, Any] | None:
    gateway = _gateway(operation)
    if gateway is None:
        return None
    address = next(iter(gateway.get("NatGatewayAddresses", [])), {})
    return {
        "subnetId": gateway["SubnetId"],
        "allocationId": address.get("AllocationId"),
        "connectivityType": gateway.get("ConnectivityType", "public"),
        "publicIp": address.get("PublicIp"),
        "privateIp": address.get("PrivateIp"),
        "networkInterfaceId": address.get("NetworkInterfaceId"),
        "tags": from_tag_list(gateway.get("Tags")),
    }


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    found((GONE,), lambda: ec2.delete_nat_gateway(NatGatewayId=operation.id))
    operation.wait_until(f"NAT gateway {operation.id} to go", lambda: _gateway(operation) is None)


def _gateway(operation: Operation) -> dict[str, Any] | None:
    gateway = described(operation, "describe_nat_gateways", "NatGatewayIds", "NatGateways", GONE)
    return None if gateway is None or gateway["State"] == "deleted" else gateway


GO = "hashicorp/terraform-provider-aws, internal/service/ec2/vpc_nat_gateway.go"

TYPE = ResourceType(
    token="aws:ec2/natGateway:NatGateway",
    cloudformation="AWS::EC2::NatGateway",
    properties={
        "subnetId": Property(
            required=True, because=f"{GO}: needed by a gateway that is not regional"
        ),
        "allocationId": Property(
            required=True,
            because=f"{GO}: 'allocation_id is required for public gateways'; private ones are not served",
        ),
        "connectivityType": Property(
            default="public",
            rules={"enum": ["public"]},
            because="pulumi_aws.ec2.NatGateway: 'Valid values are private and public. Defaults to public.'; "
            "the sandbox serves public ones",
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update_tags,
    delete=delete,
    timeouts=Timeouts(create_seconds=600, update_seconds=600, delete_seconds=1800),
    sample=lambda: {
        "subnetId": "subnet-0123456789abcdef0",
        "allocationId": "eipalloc-0123456789abcdef0",
        "connectivityType": "public",
        "tags": {"team": "search"},
    },
)
