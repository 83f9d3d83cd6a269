"""aws.ec2.Eip: a public address of the account's own."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)

GONE = "InvalidAllocationID.NotFound"


def create(operation: Operation) -> None:
    address = operation.client("ec2").allocate_address(
        Domain=operation.get("domain", "vpc"),
        TagSpecifications=tag_specifications(operation, "elastic-ip"),
    )
    operation.created(address["AllocationId"])


def read(operation: Operation) -> dict[str, Any] | None:
    address = described(operation, "describe_addresses", "AllocationIds", "Addresses", GONE)
    if address is None:
        return None
    return {
        "arn": operation.arn("ec2", f"elastic-ip/{operation.id}"),
        "allocationId": address["AllocationId"],
        "publicIp": address["PublicIp"],
        "domain": address["Domain"],
        "associationId": address.get("AssociationId") or "",
        "tags": from_tag_list(address.get("Tags")),
    }


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    operation.retry(
        ("AuthFailure", "InvalidIPAddress.InUse"),
        lambda: found((GONE,), lambda: ec2.release_address(AllocationId=operation.id)),
    )


TYPE = ResourceType(
    token="aws:ec2/eip:Eip",
    cloudformation="AWS::EC2::EIP",
    properties={
        "domain": Property(
            replaces=True,
            rules={"enum": ["vpc"]},
            because="pulumi_aws.ec2.Eip: 'Indicates if this EIP is for use in VPC (vpc).'; "
            "terraform-provider-aws, ec2/ec2_eip.go: ForceNew",
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update_tags,
    delete=delete,
    sample=lambda: {"domain": "vpc", "tags": {"team": "search"}},
)
