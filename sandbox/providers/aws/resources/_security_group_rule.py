"""What the ingress and the egress rule of a security group share: all but the direction."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import from_tag_list, tag_specifications, update_tags
from sandbox.providers.aws.values import UNKNOWN

NOT_FOUND = ("InvalidSecurityGroupRuleId.NotFound", "InvalidGroup.NotFound")
SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
ALL_PROTOCOLS = "-1"


def create_rule(operation: Operation, direction: str) -> None:
    """Authorize one rule; `direction` is ingress or egress."""
    authorize = getattr(operation.client("ec2"), f"authorize_security_group_{direction}")
    answer = authorize(
        GroupId=operation.inputs["securityGroupId"],
        IpPermissions=[_permission(operation.inputs)],
        TagSpecifications=tag_specifications(operation, "security-group-rule"),
    )
    operation.created(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def read_rule(operation: Operation) -> dict[str, Any] | None:
    """The rule as it is now."""
    rule = _described(operation)
    if rule is None:
        return None
    group = rule.get("ReferencedGroupInfo", {}).get("GroupId")
    every = rule["IpProtocol"] == ALL_PROTOCOLS
    return {
        "arn": operation.arn("ec2", f"security-group-rule/{operation.id}"),
        "securityGroupRuleId": operation.id,
        "securityGroupId": rule["GroupId"],
        "ipProtocol": rule["IpProtocol"],
        "fromPort": None if every else rule.get("FromPort"),
        "toPort": None if every else rule.get("ToPort"),
        "cidrIpv4": rule.get("CidrIpv4"),
        "cidrIpv6": rule.get("CidrIpv6"),
        "prefixListId": rule.get("PrefixListId"),
        "referencedSecurityGroupId": group,
        "description": rule.get("Description") or None,
        "tags": from_tag_list(rule.get("Tags")),
    }


def update_rule(operation: Operation) -> None:
    """Change the rule in place: AWS keeps its id."""
    if operation.changed - {"tags"}:
        operation.client("ec2").modify_security_group_rules(
            GroupId=operation.inputs["securityGroupId"],
            SecurityGroupRules=[
                {"SecurityGroupRuleId": operation.id, "SecurityGroupRule": _rule(operation.inputs)}
            ],
        )
    update_tags(operation)


def delete_rule(operation: Operation, direction: str) -> None:
    """Revoke the rule; gone already is success."""
    revoke = getattr(operation.client("ec2"), f"revoke_security_group_{direction}")
    found(
        NOT_FOUND,
        lambda: revoke(
            GroupId=operation.state["securityGroupId"], SecurityGroupRuleIds=[operation.id]
        ),
    )


def check_rule(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules across properties, as the provider documents them."""
    failures = []
    given = [name for name in SOURCES if name in inputs]
    if len(given) != 1:
        failures.append(
            ("", f"exactly one of {', '.join(SOURCES)} must be given, found {len(given)}")
        )
    protocol = inputs.get("ipProtocol")
    if (
        protocol is not UNKNOWN
        and protocol != ALL_PROTOCOLS
        and not {"fromPort", "toPort"} <= set(inputs)
    ):
        failures.append(
            ("fromPort", f"fromPort and toPort are required unless ipProtocol is {ALL_PROTOCOLS}")
        )
    if protocol == ALL_PROTOCOLS and {"fromPort", "toPort"} & set(inputs):
        failures.append(
            (
                "fromPort",
                f"fromPort and toPort must not be given when ipProtocol is {ALL_PROTOCOLS}",
            )
        )
    return failures


def rule_type(direction: str, operations: Mapping[str, Any]) -> ResourceType:
    """The type of one direction; `operations` has its create, read, update and delete."""
    class_name = f"SecurityGroup{direction.capitalize()}Rule"
    docs = f"pulumi_aws.vpc.{class_name}"
    group = "SourceSecurityGroupId" if direction == "ingress" else "DestinationSecurityGroupId"
    prefix_list = "SourcePrefixListId" if direction == "ingress" else "DestinationPrefixListId"
    # CloudFormation replaces a rule for any change; the provider modifies it, except when the kind of source changes.
    source = "hashicorp/terraform-provider-aws, internal/service/ec2/vpc_security_group_ingress_rule.go: "
    in_place = Property(replaces=False, because=source + "Update calls ModifySecurityGroupRules")
    port = dataclasses.replace(in_place, rules={"minimum": -1, "maximum": 65535})
    of_source = dataclasses.replace(
        in_place,
        replaces_when_added_or_removed=True,
        because=source + "'When you modify a rule, you cannot change the rule's source type'",
    )
    return ResourceType(
        token=f"aws:vpc/securityGroup{direction.capitalize()}Rule:{class_name}",
        cloudformation=f"AWS::EC2::SecurityGroup{direction.capitalize()}",
        properties={
            "securityGroupId": Property(
                cloudformation="GroupId", replaces=True, because=f"{docs}: the rule's group"
            ),
            "ipProtocol": in_place,
            "fromPort": port,
            "toPort": port,
            "cidrIpv4": dataclasses.replace(of_source, cloudformation="CidrIp"),
            "cidrIpv6": dataclasses.replace(of_source, cloudformation="CidrIpv6"),
            "prefixListId": dataclasses.replace(of_source, cloudformation=prefix_list),
            "referencedSecurityGroupId": dataclasses.replace(of_source, cloudformation=group),
            "description": in_place,
            "tags": Property(
                cloudformation=None, because="CloudFormation's rule has no tags; EC2 tags rules"
            ),
        },
        check=check_rule,
        sample=lambda: {
            "securityGroupId": "sg-0123456789abcdef0",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.0.0.0/8",
            "description": "TLS from the network",
            "tags": {"team": "search"},
        },
        **operations,
    )


def _described(operation: Operation) -> dict[str, Any] | None:
    answer = found(
        NOT_FOUND,
        lambda: operation.client("ec2").describe_security_group_rules(
            SecurityGroupRuleIds=[operation.id]
        ),
    )
    rules = answer["SecurityGroupRules"] if answer else []
    return next((rule for rule in rules if rule["SecurityGroupRuleId"] == operation.id), None)


def _rule(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The rule as ModifySecurityGroupRules wants it."""
    names = {
        "ipProtocol": "IpProtocol",
        "fromPort": "FromPort",
        "toPort": "ToPort",
        "cidrIpv4": "CidrIpv4",
        "cidrIpv6": "CidrIpv6",
        "prefixListId": "PrefixListId",
        "referencedSecurityGroupId": "ReferencedGroupId",
        "description": "Description",
    }
    return {key: inputs[name] for name, key in names.items() if name in inputs}


def _permission(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The rule as Authorize... wants it."""
    description = {"Description": inputs["description"]} if "description" in inputs else {}
    permission: dict[str, Any] = {"IpProtocol": inputs["ipProtocol"]}
    if "fromPort" in inputs:
        permission |= {"FromPort": inputs["fromPort"], "ToPort": inputs["toPort"]}
    if "cidrIpv4" in inputs:
        permission["IpRanges"] = [{"CidrIp": inputs["cidrIpv4"], **description}]
    if "cidrIpv6" in inputs:
        permission["Ipv6Ranges"] = [{"CidrIpv6": inputs["cidrIpv6"], **description}]
    if "prefixListId" in inputs:
        permission["PrefixListIds"] = [{"PrefixListId": inputs["prefixListId"], **description}]
    if "referencedSecurityGroupId" in inputs:
        permission["UserIdGroupPairs"] = [
            {"GroupId": inputs["referencedSecurityGroupId"], **description}
        ]
    return permission
