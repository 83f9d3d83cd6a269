"""AWS: what carries a stack's tag. Read-only.

Three interfaces together see what one alone does not: EC2's own tags, Auto Scaling's own tags, IAM by
path (IAM roles are not in the tagging interface), and the Resource Groups Tagging API for the rest
(AWS documentation of each, read 2026-11).
"""

from collections.abc import Iterator
from typing import Any

import boto3
import botocore.exceptions

from homeport.errors import HomeportError
from homeport.operations.account import AccountResource

STACK_TAG = "homeport:stack"


def tagged_resources(*, region: str, account: str, stack: str) -> tuple[AccountResource, ...]:
    """Everything in the account's region that the stack's tag or IAM path marks as its own.

    Raises `HomeportError` without credentials, for another account, and where AWS answers an error.
    """
    session = boto3.Session(region_name=region)
    try:
        _check_account(session, account)
        found = [
            *_ec2(session, stack),
            *_auto_scaling(session, stack),
            *_iam(session, stack),
            *_tagging_interface(session, stack),
        ]
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise HomeportError(
            path="",
            found=f"{type(error).__name__}: {error}",
            allowed=f"read access to account {account} in {region}",
            fix="check AWS_PROFILE or AWS_ACCESS_KEY_ID, then run the command again",
        ) from error
    # EC2's resources are in the tagging interface too, there as ARNs.
    ids = {one.identifier for one in found if not one.identifier.startswith("arn:")}
    return tuple(
        one
        for one in found
        if not (one.identifier.startswith("arn:") and one.short_identifier in ids)
    )


def _check_account(session: Any, account: str) -> None:
    answering = session.client("sts").get_caller_identity()["Account"]
    if answering != account:
        raise HomeportError(
            path="account",
            found=f"credentials of account {answering}",
            allowed=account,
            fix="use credentials of the stack's account",
        )


def _ec2(session: Any, stack: str) -> Iterator[AccountResource]:
    client = session.client("ec2")
    filters = [{"Name": f"tag:{STACK_TAG}", "Values": [stack]}]
    for page in client.get_paginator("describe_tags").paginate(Filters=filters):
        for tag in page["Tags"]:
            kind, identifier = tag["ResourceType"], tag["ResourceId"]
            option = {"natgateway": "nat-gateway", "elastic-ip": "allocation"}.get(kind, kind)
            yield AccountResource(
                kind=f"ec2:{kind}",
                identifier=identifier,
                delete_command=f"aws ec2 delete-{option} --{option}-id {identifier}",
            )


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
            yield AccountResource(
                kind=kind,
                identifier=arn,
                delete_command=f"aws {service} ... # {arn}",
            )
