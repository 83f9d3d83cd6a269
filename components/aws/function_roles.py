"""What the gate and the reconciler may do: read what they judge by, and change their own few things."""

from collections.abc import Sequence

import pulumi

from components.aws.arns import arns_of
from homeport.planner.plan import StackPlan
from homeport.planner.unscoped_actions import UNSCOPED_ACTIONS

_READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
_WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem")


def gate_statements(
    plan: StackPlan, table_arn: pulumi.Input[str], key_arn: pulumi.Input[str]
) -> list[dict[str, object]]:
    """It reads how an endpoint stands, asks for a wake, and keeps verdicts, hold slots and its count of Hub calls."""
    written = ["*#wake", "*#token", "#hold", "#hub-calls"]
    return [
        _items("ReadItems", _READS, table_arn, ["*#config", "*#state", *written]),
        _items("WriteItems", (*_WRITES, "dynamodb:DeleteItem"), table_arn, written),
        _decrypt(plan, key_arn),
    ]


def reconciler_statements(
    plan: StackPlan,
    table_arn: pulumi.Input[str],
    stream_arn: pulumi.Input[str],
    key_arn: pulumi.Input[str],
) -> list[dict[str, object]]:
    """It alone sizes the stack's groups and turns the stack's rules; no size above the planned, no other template."""
    arns = arns_of(plan)
    groups = arns.group(f"homeport-{plan.stack}.*")
    read = ["*#config", "*#state", "*#wake", "*#command", "*#replica", "*#wake-record"]
    return [
        _items("ReadItems", _READS, table_arn, read),
        _items("WriteItems", _WRITES, table_arn, ["*#state", "*#wake-record"]),
        _allow(
            "Stream",
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            [stream_arn],
        ),
        _unscoped("Streams", ["dynamodb:ListStreams"]),
        _unscoped(
            "Look",
            [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeInstanceRefreshes",
                "autoscaling:DescribeScalingActivities",
                "elasticloadbalancing:DescribeRules",
                "elasticloadbalancing:DescribeTargetHealth",
            ],
        ),
        _allow("Resize", ["autoscaling:UpdateAutoScalingGroup"], [groups])
        | {"Condition": {"Null": dict.fromkeys(_KEPT_OF_A_GROUP, "true")}},
        _allow("Refresh", ["autoscaling:StartInstanceRefresh"], [groups])
        | {"Condition": {"Null": {"autoscaling:ImageId": "true"}}},
        _allow("Turn", ["elasticloadbalancing:ModifyRule"], [_rules(plan)])
        | {"Condition": {"StringEquals": {"aws:ResourceTag/homeport:stack": plan.stack}}},
        _decrypt(plan, key_arn),
    ]


_KEPT_OF_A_GROUP = (
    "autoscaling:MaxSize",
    "autoscaling:LaunchTemplateVersionSpecified",
    "autoscaling:LaunchConfigurationName",
    "autoscaling:VPCZoneIdentifiers",
)
"""Condition keys of UpdateAutoScalingGroup that must not be in the request (Service Authorization Reference, EC2
Auto Scaling, read 2026-11): there is none for the desired size, which the group's own maximum bounds."""


def _rules(plan: StackPlan) -> str:
    """Every rule of an application load balancer; the tag in the condition says whose."""
    return arns_of(plan).of("elasticloadbalancing", "listener-rule/app/*")


def _items(
    sid: str, actions: Sequence[str], table_arn: pulumi.Input[str], partitions: list[str]
) -> dict[str, object]:
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": partitions}}
    return _allow(sid, actions, [table_arn]) | {"Condition": condition}


def _decrypt(plan: StackPlan, key_arn: pulumi.Input[str]) -> dict[str, object]:
    """The table's content and the function's own variables."""
    services = [f"{service}.{plan.region}.amazonaws.com" for service in ("dynamodb", "lambda")]
    return _allow("Decrypt", ["kms:Decrypt"], [key_arn]) | {
        "Condition": {"StringEquals": {"kms:ViaService": services}}
    }


def _allow(
    sid: str, actions: Sequence[str], resources: Sequence[pulumi.Input[str]]
) -> dict[str, object]:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _unscoped(sid: str, actions: Sequence[str]) -> dict[str, object]:
    assert all(action in UNSCOPED_ACTIONS for action in actions), f"{sid} must name its resources"
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": "*"}
