"""aws.ec2.DefaultSecurityGroup: takes over the group that AWS gives every network, and its rules."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.resources._ec2 import described, from_tag_list, to_tag_list, update_tags

GONE = "InvalidGroup.NotFound"
DIRECTIONS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


def create(operation: Operation) -> None:
    """The one type that adopts: the group exists, and its own rules are revoked first.

    (pulumi_aws.ec2.DefaultSecurityGroup: 'it immediately removes all ingress and egress rules in the
    Security Group', then 'it then proceeds to create any rules specified in the configuration'.)
    """
    ec2 = operation.client("ec2")
    groups = ec2.describe_security_groups(
        Filters=[
            {"Name": "group-name", "Values": ["default"]},
            {"Name": "vpc-id", "Values": [operation.inputs["vpcId"]]},
        ]
    )["SecurityGroups"]
    if not groups:
        raise LookupError(f"no default security group in {operation.inputs['vpcId']}")
    operation.created(groups[0]["GroupId"])
    for direction in DIRECTIONS:
        _set_rules(operation, direction)
    if operation.get("tags"):
        ec2.create_tags(Resources=[operation.id], Tags=to_tag_list(operation.inputs["tags"]))


def read(operation: Operation) -> dict[str, Any] | None:
    group = _group(operation)
    if group is None:
        return None
    return {
        "arn": operation.arn("ec2", f"security-group/{operation.id}"),
        "name": group["GroupName"],
        "description": group["Description"],
        "ownerId": group["OwnerId"],
        "vpcId": group["VpcId"],
        **{
            direction: [_from_permission(one) for one in group[member]]
            for direction, member in DIRECTIONS.items()
        },
        "tags": from_tag_list(group.get("Tags")),
    }


def update(operation: Operation) -> None:
    for direction in DIRECTIONS:
        if direction in operation.changed:
            _set_rules(operation, direction)
    update_tags(operation)


def delete(operation: Operation) -> None:
    """It cannot be deleted; the provider only forgets it."""
    del operation


def _group(operation: Operation) -> dict[str, Any] | None:
    return described(operation, "describe_security_groups", "GroupIds", "SecurityGroups", GONE)


def _set_rules(operation: Operation, direction: str) -> None:
    ec2, group = operation.client("ec2"), _group(operation)
    if group is None:
        raise LookupError(f"{operation.id} is gone")
    existing = group[DIRECTIONS[direction]]
    if existing:
        revoke = getattr(ec2, f"revoke_security_group_{direction}")
        revoke(GroupId=operation.id, IpPermissions=existing)
    wanted = operation.get(direction, [])
    if wanted:
        authorize = getattr(ec2, f"authorize_security_group_{direction}")
        authorize(GroupId=operation.id, IpPermissions=[_to_permission(rule) for rule in wanted])


def _to_permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "IpProtocol": rule["protocol"],
        "FromPort": rule["fromPort"],
        "ToPort": rule["toPort"],
        "IpRanges": [{"CidrIp": block} for block in rule.get("cidrBlocks") or ()],
    }


def _from_permission(permission: Mapping[str, Any]) -> dict[str, Any]:
    groups = [pair["GroupId"] for pair in permission.get("UserIdGroupPairs", [])]
    rule = {
        "protocol": permission["IpProtocol"],
        "fromPort": permission.get("FromPort", 0),
        "toPort": permission.get("ToPort", 0),
        "cidrBlocks": [one["CidrIp"] for one in permission.get("IpRanges", [])],
    }
    return {**rule, "securityGroups": groups} if groups else rule


DOCS = "pulumi_aws.ec2.DefaultSecurityGroup"
_RULE = {
    "protocol": Property(
        cloudformation=None, because=f"{DOCS}: the group is not in CloudFormation"
    ),
    "fromPort": Property(cloudformation=None, because=DOCS),
    "toPort": Property(cloudformation=None, because=DOCS),
    "cidrBlocks": Property(cloudformation=None, because=DOCS),
}
_NOT_SERVED = frozenset(
    {"description", "ipv6CidrBlocks", "prefixListIds", "securityGroups", "self"}
)


def _rules(direction: str) -> Property:
    return Property(
        cloudformation=None,
        unordered=True,
        because=f"{DOCS}: 'Configuration block' {direction}, a set",
        properties=_RULE,
        refused=_NOT_SERVED,
    )


def _sample_rule() -> dict[str, Any]:
    return {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}


TYPE = ResourceType(
    token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    cloudformation=None,
    because="CloudFormation does not manage a network's default group",
    properties={
        "vpcId": Property(
            required=True,
            replaces=True,
            because="terraform-provider-aws, ec2/vpc_default_security_group.go: ForceNew; no default network here",
        ),
        "ingress": _rules("ingress"),
        "egress": _rules("egress"),
        "tags": Property(because=f"{DOCS}: 'Map of tags to assign to the resource.'"),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "vpcId": "vpc-0123456789abcdef0",
        "ingress": [_sample_rule()],
        "egress": [_sample_rule()],
        "tags": {"team": "search"},
    },
)
