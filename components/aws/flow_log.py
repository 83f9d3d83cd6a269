"""A record of the traffic that a created network refused."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.arns import arns_of
from homeport.planner.plan import StackPlan


@dataclass(frozen=True, kw_only=True)
class FlowLogArgs:
    """Arguments of `FlowLog`."""

    plan: StackPlan
    vpc_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class FlowLog(pulumi.ComponentResource):
    """Refused connections go to a log group of the stack, for its retention time."""

    def __init__(
        self, name: str, args: FlowLogArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:FlowLog", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        plan = args.plan
        group = aws.cloudwatch.LogGroup(
            "flow",
            # An underscore cannot stand in an endpoint's name, so no endpoint's group is this one.
            name=f"{plan.names.log_group_prefix}/_flow",
            retention_in_days=plan.log_retention_days,
            kms_key_id=args.key_arn,
            tags=plan.tags,
            opts=child,
        )
        role = aws.iam.Role(
            "flow",
            path=plan.names.role_path,
            description="Writes refused connections of the network to its log group",
            assume_role_policy=pulumi.Output.json_dumps(_trust(plan)),
            tags=plan.tags,
            opts=child,
        )
        aws.iam.RolePolicy(
            "flow",
            role=role.name,
            policy=pulumi.Output.json_dumps(_policy(group.arn)),
            opts=child,
        )
        aws.ec2.FlowLog(
            "flow",
            vpc_id=args.vpc_id,
            traffic_type="REJECT",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags=plan.tags,
            opts=child,
        )
        self.register_outputs({})


def _trust(plan: StackPlan) -> dict[str, object]:
    """Only this account's flow logs (VPC guide, "IAM role for publishing flow logs", 2026-11)."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": plan.account},
                    "ArnLike": {"aws:SourceArn": arns_of(plan).of("ec2", "vpc-flow-log/*")},
                },
            }
        ],
    }


def _policy(group_arn: pulumi.Output[str]) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                    "logs:DescribeLogGroups",
                    "logs:DescribeLogStreams",
                ],
                "Resource": [group_arn, pulumi.Output.concat(group_arn, ":*")],
            }
        ],
    }
