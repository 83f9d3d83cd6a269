"""What people see of a stack and of an endpoint: logs, alarms, one dashboard."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.dashboard import dashboard_body
from components.aws.logical_names import short_name
from components.aws.way_in import WayIn
from homeport.planner.metrics import FAILED_STARTS
from homeport.planner.plan import EndpointPlan, StackPlan

_ERRORS_PER_FIVE_MINUTES = 10
"""Answers of replicas with status 5xx; fewer are the weather."""


@dataclass(frozen=True, kw_only=True)
class ObservabilityArgs:
    """Arguments of `Observability`."""

    plan: StackPlan
    key_arn: pulumi.Input[str]


class Observability(pulumi.ComponentResource):
    """What the endpoints of a stack share: the alarms' topic and the one dashboard."""

    topic_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Observability", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        plan = args.plan
        topic = aws.sns.Topic("alarms", kms_master_key_id=args.key_arn, tags=plan.tags, opts=child)
        self.topic_arn = topic.arn
        aws.sns.TopicPolicy(
            "alarms",
            arn=topic.arn,
            policy=pulumi.Output.json_dumps(_topic_policy(plan, topic.arn)),
            opts=child,
        )
        if plan.alarm_email is not None:
            aws.sns.TopicSubscription(
                "email", topic=topic.arn, protocol="email", endpoint=plan.alarm_email, opts=child
            )
        if plan.endpoints:
            aws.cloudwatch.Dashboard(
                "endpoints",
                dashboard_name=plan.names.table,
                dashboard_body=dashboard_body(plan),
                opts=child,
            )
        self.register_outputs({"topic_arn": topic.arn})


def _topic_policy(plan: StackPlan, topic_arn: pulumi.Output[str]) -> dict[str, object]:
    """Alarms of this account may publish, nobody else (SNS guide, CloudWatch example, 2026-11)."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Alarms",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": topic_arn,
                "Condition": {"StringEquals": {"aws:SourceAccount": plan.account}},
            }
        ],
    }


def add_endpoint_logs(
    plan: StackPlan,
    endpoint: EndpointPlan,
    *,
    key_arn: pulumi.Input[str],
    parent: pulumi.Resource,
) -> aws.cloudwatch.LogGroup:
    """The log group of one endpoint's engine, gateway and start-up."""
    return aws.cloudwatch.LogGroup(
        short_name(endpoint.name),
        name=endpoint.names.log_group,
        retention_in_days=plan.log_retention_days,
        kms_key_id=key_arn,
        tags=endpoint.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def add_endpoint_alarms(
    endpoint: EndpointPlan,
    way_in: WayIn,
    *,
    topic_arn: pulumi.Input[str],
    parent: pulumi.Resource,
) -> None:
    """The two alarms that a person gets; with those that scale, four an endpoint and no more."""
    short, child = short_name(endpoint.name), pulumi.ResourceOptions(parent=parent)
    aws.cloudwatch.MetricAlarm(
        f"{short}-errors",
        alarm_description=f"{endpoint.name}: replicas answer with errors",
        namespace="AWS/ApplicationELB",
        metric_name="HTTPCode_Target_5XX_Count",
        dimensions={
            "LoadBalancer": way_in.load_balancer.arn_suffix,
            "TargetGroup": way_in.target_group.arn_suffix,
        },
        statistic="Sum",
        period=300,
        evaluation_periods=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=_ERRORS_PER_FIVE_MINUTES,
        treat_missing_data="notBreaching",
        alarm_actions=[topic_arn],
        tags=endpoint.tags,
        opts=child,
    )
    aws.cloudwatch.MetricAlarm(
        f"{short}-failed-start",
        alarm_description=f"{endpoint.name}: a machine did not become ready",
        namespace=endpoint.names.metric_namespace,
        metric_name=FAILED_STARTS,
        statistic="Sum",
        period=300,
        evaluation_periods=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=1,
        treat_missing_data="notBreaching",
        alarm_actions=[topic_arn],
        tags=endpoint.tags,
        opts=child,
    )
