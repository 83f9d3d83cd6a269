"""aws.ec2.SecurityGroup, with its rules beside it (vpc.SecurityGroupIngressRule), not inside."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)

NOT_FOUND = "InvalidGroup.NotFound"


def create(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    group_id = ec2.create_security_group(
        GroupName=operation.name(),
        Description=operation.inputs["description"],
        VpcId=operation.inputs["vpcId"],
        TagSpecifications=tag_specifications(operation, "security-group"),
    )["GroupId"]
    operation.created(group_id)
    # pulumi_aws.ec2.SecurityGroup: "By default, AWS creates an ALLOW ALL egress rule when creating a new Security
    # Group inside of a VPC. When creating a new Security Group inside a VPC, this provider will remove this".
    group = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    if group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(
            GroupId=group_id, IpPermissions=group["IpPermissionsEgress"]
        )


def read(operation: Operation) -> dict[str, Any] | None:
    group = described(
        operation, "describe_security_groups", "GroupIds", "SecurityGroups", NOT_FOUND
    )
    if group is None:
        return None
    return {
        "arn": operation.arn("ec2", f"security-group/{operation.id}"),
        "name": group["GroupName"],
        "namePrefix": operation.get("namePrefix"),
        "description": group["Description"],
        "vpcId": group.get("VpcId"),
        "ownerId": group["OwnerId"],
        "tags": from_tag_list(group.get("Tags")),
    }


def update(operation: Operation) -> None:
    update_tags(operation)


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    if operation.get("revokeRulesOnDelete"):
        _revoke_rules(operation)
    operation.retry(
        ("DependencyViolation", "InvalidGroup.InUse"),
        lambda: found((NOT_FOUND,), lambda: ec2.delete_security_group(GroupId=operation.id)),
    )


def _revoke_rules(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    group = described(
        operation, "describe_security_groups", "GroupIds", "SecurityGroups", NOT_FOUND
    )
    if group and group["IpPermissions"]:
        ec2.revoke_security_group_ingress(
            GroupId=operation.id, IpPermissions=group["IpPermissions"]
        )
    if group and group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(
            GroupId=operation.id, IpPermissions=group["IpPermissionsEgress"]
        )


DOCS = "pulumi_aws.ec2.SecurityGroup"

TYPE = ResourceType(
    token="aws:ec2/securityGroup:SecurityGroup",
    cloudformation="AWS::EC2::SecurityGroup",
    properties={
        "name": Property(
            cloudformation="GroupName",
            because="EC2 API, CreateSecurityGroup: 'Names are case-insensitive and must be unique within the VPC. "
            "Up to 255 characters in length. Can't start with sg-.'",
            rules={"maxLength": 255, "minLength": 1, "pattern": "^(?!sg-)"},
        ),
        "namePrefix": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Creates a unique name beginning with the specified prefix. Conflicts with name.'",
            replaces=True,
            provider_only=True,
        ),
        "description": Property(
            cloudformation="GroupDescription",
            because=f"{DOCS}: 'Security group description. Defaults to Managed by Pulumi. Cannot be \"\".'",
            default="Managed by Pulumi",
            rules={"minLength": 1},
        ),
        "vpcId": Property(
            required=True,
            because=f"{DOCS}: 'VPC ID. Defaults to the region's default VPC.'; the sandbox has no use of default VPCs",
        ),
        "revokeRulesOnDelete": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Instruct the provider to revoke all of the Security Groups attached ingress and egress "
            "rules before deleting the rule itself.'",
            default=False,
            provider_only=True,
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=255),
    timeouts=Timeouts(create_seconds=600, delete_seconds=900),
    check=lambda inputs: (
        [("namePrefix", "conflicts with name")]
        if "name" in inputs and "namePrefix" in inputs
        else []
    ),
    sample=lambda: {
        "name": "machines",
        "description": "Machines of the stack",
        "vpcId": "vpc-0123456789abcdef0",
        "revokeRulesOnDelete": False,
        "tags": {"team": "search"},
    },
)
