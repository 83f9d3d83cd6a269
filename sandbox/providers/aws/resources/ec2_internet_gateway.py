"""aws.ec2.InternetGateway"""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)

GONE = "InvalidInternetGatewayID.NotFound"


def create(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    gateway = ec2.create_internet_gateway(
        TagSpecifications=tag_specifications(operation, "internet-gateway")
    )["InternetGateway"]
    operation.created(gateway["InternetGatewayId"])
    if operation.get("vpcId"):
        ec2.attach_internet_gateway(InternetGatewayId=operation.id, VpcId=operation.inputs["vpcId"])


def read(operation: Operation) -> dict[str, Any] | None:
    gateway = described(
        operation, "describe_internet_gateways", "InternetGatewayIds", "InternetGateways", GONE
    )
    if gateway is None:
        return None
    attached = next(iter(gateway.get("Attachments", [])), {})
    return {
        "arn": operation.arn("ec2", f"internet-gateway/{operation.id}"),
        "ownerId": operation.account.account_id,
        "vpcId": attached.get("VpcId"),
        "tags": from_tag_list(gateway.get("Tags")),
    }


def update(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    if "vpcId" in operation.changed:
        _detach(operation)
        if operation.get("vpcId"):
            ec2.attach_internet_gateway(
                InternetGatewayId=operation.id, VpcId=operation.inputs["vpcId"]
            )
    update_tags(operation)


def delete(operation: Operation) -> None:
    """Detach first; AWS refuses both while the network has public addresses."""
    ec2 = operation.client("ec2")
    _detach(operation)
    operation.retry(
        ("DependencyViolation",),
        lambda: found((GONE,), lambda: ec2.delete_internet_gateway(InternetGatewayId=operation.id)),
    )


def _detach(operation: Operation) -> None:
    vpc_id = operation.old.get("vpcId") or operation.state.get("vpcId")
    if not vpc_id:
        return
    ec2 = operation.client("ec2")
    operation.retry(
        ("DependencyViolation",),
        lambda: found(
            (GONE, "Gateway.NotAttached"),
            lambda: ec2.detach_internet_gateway(InternetGatewayId=operation.id, VpcId=vpc_id),
        ),
    )


TYPE = ResourceType(
    token="aws:ec2/internetGateway:InternetGateway",
    cloudformation="AWS::EC2::InternetGateway",
    properties={
        "vpcId": Property(
            cloudformation=None,
            because="pulumi_aws.ec2.InternetGateway: 'The VPC ID to create in.'; CloudFormation attaches apart",
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {"vpcId": "vpc-0123456789abcdef0", "tags": {"team": "search"}},
)
