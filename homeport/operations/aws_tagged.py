"""What carries a stack's tag in an AWS account. `session` is boto3's; its errors pass through.

Three interfaces together see what one alone does not: EC2's own tags, Auto Scaling's own tags, IAM by
path (IAM roles are not in the tagging interface), and the Resource Groups Tagging API for the rest
(AWS documentation of each, read 2026-11).
"""

from collections.abc import Iterator
from typing import Any

from homeport.operations.account import AccountResource

STACK_TAG = "homeport:stack"
MADE_BY_GROUPS = frozenset({"instance", "volume", "network-interface"})
"""Kinds that no deployment makes: machines of a group carry its tags, and go with it."""


def tagged_resources(session: Any, stack: str) -> tuple[AccountResource, ...]:
    """Everything in the session's region that the stack's tag or IAM path marks as its own."""
    found = [
        *_ec2(session, stack),
        *_auto_scaling(session, stack),
        *_iam(session, stack),
        *_tagging_interface(session, stack),
    ]
    # EC2's resources are in the tagging interface too, there as ARNs.
    ids = {one.identifier for one in found if not one.identifier.startswith("arn:")}
    return tuple(
        one
        for one in found
        if not (one.identifier.startswith("arn:") and one.short_identifier in ids)
        and not _is_going(session, one)
    )


def _is_going(session: Any, resource: AccountResource) -> bool:
    """Deleted, but shown for a while: keys wait up to 30 days, gateways about an hour."""
    if resource.kind == "kms:key":
        key = session.client("kms").describe_key(KeyId=resource.identifier)["KeyMetadata"]
        return key["KeyState"] == "PendingDeletion"
    if resource.kind == "ec2:natgateway":
        answer = session.client("ec2").describe_nat_gateways(NatGatewayIds=[resource.identifier])
        return all(one["State"] in ("deleting", "deleted") for one in answer["NatGateways"])
    return False


def _ec2(session: Any, stack: str) -> Iterator[AccountResource]:
    client = session.client("ec2")
    filters = [{"Name": f"tag:{STACK_TAG}", "Values": [stack]}]
    for page in client.get_paginator("describe_tags").paginate(Filters=filters):
        for tag in page["Tags"]:
            kind, identifier = tag["ResourceType"], tag["ResourceId"]
            if kind in MADE_BY_GROUPS:
                continue
            yield AccountResource(
                kind=f"ec2:{kind}",
                identifier=identifier,
                delete_command=f"aws ec2 {_ec2_deletion(kind, identifier)}",
            )


def _ec2_deletion(kind: str, identifier: str) -> str:
    """The command that deletes one EC2 resource; most are named after their kind."""
    named = {
        "natgateway": f"delete-nat-gateway --nat-gateway-id {identifier}",
        "elastic-ip": f"release-address --allocation-id {identifier}",
        "security-group": f"delete-security-group --group-id {identifier}",
        "vpc-endpoint": f"delete-vpc-endpoints --vpc-endpoint-ids {identifier}",
        "vpc-endpoint-service": "delete-vpc-endpoint-service-configurations "
        f"--service-ids {identifier}",
        "vpc-flow-log": f"delete-flow-logs --flow-log-ids {identifier}",
    }
    return named.get(kind, f"delete-{kind} --{kind}-id {identifier}")


def _auto_scaling(session: Any, stack: str) -> Iterator[AccountResource]:
    client = session.client("autoscaling")
    filters = [{"Name": "key", "Values": [STACK_TAG]}, {"Name": "value", "Values": [stack]}]
    for page in client.get_paginator("describe_tags").paginate(Filters=filters):
        for tag in page["Tags"]:
            name = tag["ResourceId"]
            yield AccountResource(
                kind="autoscaling:group",
                identifier=name,
                delete_command="aws autoscaling delete-auto-scaling-group "
                f"--auto-scaling-group-name {name} --force-delete",
            )


def _iam(session: Any, stack: str) -> Iterator[AccountResource]:
    client = session.client("iam")
    path = f"/homeport/{stack}/"
    for page in client.get_paginator("list_roles").paginate(PathPrefix=path):
        for role in page["Roles"]:
            yield AccountResource(
                kind="iam:role",
                identifier=role["Arn"],
                delete_command=f"aws iam delete-role --role-name {role['RoleName']}",
            )
    for page in client.get_paginator("list_instance_profiles").paginate(PathPrefix=path):
        for profile in page["InstanceProfiles"]:
            name = profile["InstanceProfileName"]
            yield AccountResource(
                kind="iam:instance-profile",
                identifier=profile["Arn"],
                delete_command=f"aws iam delete-instance-profile --instance-profile-name {name}",
            )


def _tagging_interface(session: Any, stack: str) -> Iterator[AccountResource]:
    client = session.client("resourcegroupstaggingapi")
    filters = [{"Key": STACK_TAG, "Values": [stack]}]
    for page in client.get_paginator("get_resources").paginate(TagFilters=filters):
        for mapping in page["ResourceTagMappingList"]:
            arn = mapping["ResourceARN"]
            service, resource = arn.split(":", 5)[2], arn.split(":", 5)[5]
            kind = f"{service}:{resource.partition('/')[0].partition(':')[0]}"
            if service == "ec2" and kind.partition(":")[2] in MADE_BY_GROUPS:
                continue
            yield AccountResource(
                kind=kind,
                identifier=arn,
                delete_command=_deletion(service, arn),
            )


_DELETIONS = {
    "acm": "aws acm delete-certificate --certificate-arn {arn}",
    "cloudwatch": "aws cloudwatch delete-alarms --alarm-names {name}",
    "dynamodb": "aws dynamodb delete-table --table-name {name}",
    "kms": "aws kms schedule-key-deletion --key-id {arn}",
    "logs": "aws logs delete-log-group --log-group-name {log_group}",
    "s3": "aws s3 rb --force s3://{name}",
    "sns": "aws sns delete-topic --topic-arn {arn}",
}


def _deletion(service: str, arn: str) -> str:
    """The command that deletes what the ARN names; for the rest, where to look."""
    if service == "elasticloadbalancing":
        kind = arn.split(":", 5)[5].partition("/")[0]
        kind = {"targetgroup": "target-group", "loadbalancer": "load-balancer"}.get(kind, kind)
        option = "rule" if kind == "listener-rule" else kind
        return f"aws elbv2 delete-{option} --{option}-arn {arn}"
    template = _DELETIONS.get(service, "the console of {service}: {arn}")
    return template.format(
        arn=arn,
        service=service,
        name=arn.rpartition("/")[2].rpartition(":")[2],
        log_group=arn.removesuffix(":*").partition(":log-group:")[2],
    )
