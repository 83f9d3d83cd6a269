"""Statements of roles' policies: each names what it may touch, or stands in the table of those that can't."""

from collections.abc import Sequence

import pulumi

from homeport.planner.plan import StackPlan
from homeport.planner.unscoped_actions import UNSCOPED_ACTIONS


def trust(service: str) -> dict[str, object]:
    """The policy by which a service's own machines or functions take a role."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def allow(
    sid: str, actions: Sequence[str], resources: Sequence[pulumi.Input[str]]
) -> dict[str, object]:
    """These actions on these resources."""
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def unscoped(sid: str, *actions: str) -> dict[str, object]:
    """Actions that AWS lets nobody narrow."""
    assert set(actions) <= set(UNSCOPED_ACTIONS), f"{sid} must name its resources"
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": "*"}


def when(operator: str, key: str, value: object) -> dict[str, object]:
    """A condition, to be joined to a statement with `|`."""
    return {"Condition": {operator: {key: value}}}


def write_logs(group_arn: pulumi.Input[str]) -> dict[str, object]:
    """Streams of one log group."""
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    return allow("Logs", actions, [pulumi.Output.concat(group_arn, ":*")])


def decrypt(
    plan: StackPlan, key_arn: pulumi.Input[str], services: Sequence[str]
) -> dict[str, object]:
    """The stack's key, and only through the services that hold what it locks."""
    through = [f"{service}.{plan.region}.amazonaws.com" for service in services]
    return allow("Decrypt", ["kms:Decrypt"], [key_arn]) | when(
        "StringEquals", "kms:ViaService", through
    )
