"""aws.ec2.Subnet"""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)


def create(operation: Operation) -> None:
    optional = {"AvailabilityZone": operation.get("availabilityZone")}
    subnet = operation.client("ec2").create_subnet(
        VpcId=operation.inputs["vpcId"],
        CidrBlock=operation.inputs["cidrBlock"],
        TagSpecifications=tag_specifications(operation, "subnet"),
        **{key: value for key, value in optional.items() if value},
    )["Subnet"]
    operation.created(subnet["SubnetId"])
    if operation.get("mapPublicIpOnLaunch"):
        _set_public_address(operation)


def read(operation: Operation) -> dict[str, Any] | None:
    subnet = described(
        operation, "describe_subnets", "SubnetIds", "Subnets", "InvalidSubnetID.NotFound"
    )
    if subnet is None:
        return None
    return {
        "arn": subnet["SubnetArn"],
        "vpcId": subnet["VpcId"],
        "cidrBlock": subnet["CidrBlock"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet["AvailabilityZoneId"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "assignIpv6AddressOnCreation": subnet["AssignIpv6AddressOnCreation"],
        "ownerId": subnet["OwnerId"],
        "tags": from_tag_list(subnet.get("Tags")),
    }


def update(operation: Operation) -> None:
    if "mapPublicIpOnLaunch" in operation.changed:
        _set_public_address(operation)
    update_tags(operation)


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    operation.retry(
        ("DependencyViolation",),
        lambda: found(
            ("InvalidSubnetID.NotFound",), lambda: ec2.delete_subnet(SubnetId=operation.id)
        ),
    )


def _set_public_address(operation: Operation) -> None:
    operation.client("ec2").modify_subnet_attribute(
        SubnetId=operation.id,
        MapPublicIpOnLaunch={"Value": bool(operation.get("mapPublicIpOnLaunch", False))},
    )


DOCS = "pulumi_aws.ec2.Subnet"

TYPE = ResourceType(
    token="aws:ec2/subnet:Subnet",
    cloudformation="AWS::EC2::Subnet",
    properties={
        "vpcId": Property(),
        "cidrBlock": Property(
            required=True,
            because="EC2 API, CreateSubnet: a subnet that is not IPv6 only has an IPv4 block; IPv6 is not served",
        ),
        "availabilityZone": Property(),
        "mapPublicIpOnLaunch": Property(default=False, because=f"{DOCS}: 'Default is false.'"),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "vpcId": "vpc-0123456789abcdef0",
        "cidrBlock": "10.20.0.0/20",
        "availabilityZone": "us-east-1a",
        "mapPublicIpOnLaunch": False,
        "tags": {"team": "search"},
    },
)
