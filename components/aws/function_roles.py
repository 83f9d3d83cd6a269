"""What the gate and the reconciler may do: read what they judge by, and change their own few things."""

from collections.abc import Sequence

import pulumi

from components.aws.arns import arns_of
from components.aws.statements import allow, decrypt, unscoped, when
from homeport.planner.plan import StackPlan

_READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
_SERVICES_THAT_DECRYPT = ("dynamodb", "lambda")
"""The table's content and the function's own variables."""


def gate_statements(
    plan: StackPlan, table_arn: pulumi.Input[str], key_arn: pulumi.Input[str]
) -> list[dict[str, object]]:
    """It reads how an endpoint stands, asks for a wake, and keeps verdicts, hold slots and its count of Hub calls."""
    written = ["*#wake", "*#token", "#hold", "#hub-calls"]
    return [
        _items("ReadItems", _READS, table_arn, ["*#config", "*#state", *written]),
        _items("WriteItems", ["dynamodb:UpdateItem"], table_arn, written),
        decrypt(plan, key_arn, _SERVICES_THAT_DECRYPT),
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
        _items(
            "WriteItems",
            ["dynamodb:PutItem", "dynamodb:UpdateItem"],
            table_arn,
            ["*#state", "*#wake-record"],
        ),
        allow(
            "Stream",
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            [stream_arn],
        ),
        unscoped("Streams", "dynamodb:ListStreams"),
        unscoped("Look", *_LOOKS),
        allow("Resize", ["autoscaling:UpdateAutoScalingGroup"], [groups])
        | {"Condition": {"Null": dict.fromkeys(_KEPT_OF_A_GROUP, "true")}},
        allow("Refresh", ["autoscaling:StartInstanceRefresh"], [groups])
        | when("Null", "autoscaling:ImageId", "true"),
        allow("Turn", ["elasticloadbalancing:ModifyRule"], [_rules(plan)])
        | when("StringEquals", "aws:ResourceTag/homeport:stack", plan.stack),
        decrypt(plan, key_arn, _SERVICES_THAT_DECRYPT),
    ]


_LOOKS = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeInstanceRefreshes",
    "autoscaling:DescribeScalingActivities",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetHealth",
)
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
    return allow(sid, actions, [table_arn]) | when(
        "ForAllValues:StringLike", "dynamodb:LeadingKeys", partitions
    )
