"""How a group grows from one replica to its maximum and back, by CloudWatch alarms.

Alarms with an Auto Scaling action act again each minute while they last (CloudWatch guide, "Alarm
actions", read 2026-11). An edit of `replicas.min` touches none of this: the smallest size is live.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.logical_names import short_name
from homeport.planner.plan import EndpointPlan, ScalingPlan

_NEVER_BELOW = 1000
"""Above every threshold: the answer of the expression while there is no replica to spare."""


@dataclass(frozen=True, kw_only=True)
class AutoscalingArgs:
    """Arguments of `Autoscaling`."""

    endpoint: EndpointPlan
    group_name: pulumi.Output[str]


class Autoscaling(pulumi.ComponentResource):
    """One alarm and policy up, one alarm and policy down."""

    def __init__(
        self, name: str, args: AutoscalingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Autoscaling", name, {}, opts)
        self._args = args
        self._short = short_name(args.endpoint.name)
        self._child = pulumi.ResourceOptions(parent=self)
        self._grow(args.endpoint.scaling)
        self._shrink(args.endpoint.scaling)
        self.register_outputs({})

    def _grow(self, scaling: ScalingPlan) -> None:
        policy = aws.autoscaling.Policy(
            f"{self._short}-up",
            autoscaling_group_name=self._args.group_name,
            policy_type="StepScaling",
            adjustment_type="ChangeInCapacity",
            metric_aggregation_type="Average",
            estimated_instance_warmup=scaling.warmup_seconds,
            step_adjustments=_steps(scaling),
            opts=self._child,
        )
        above = "GreaterThanOrEqualTo" if scaling.up_inclusive else "GreaterThan"
        aws.cloudwatch.MetricAlarm(
            f"{self._short}-up",
            alarm_description=f"{self._args.endpoint.name} needs more replicas",
            namespace=self._namespace(),
            metric_name=scaling.metric_name,
            dimensions=self._dimensions(),
            statistic="Average",
            period=scaling.up_period_seconds,
            evaluation_periods=1,
            comparison_operator=f"{above}Threshold",
            threshold=scaling.threshold,
            # Silence is not load.
            treat_missing_data="notBreaching",
            alarm_actions=[policy.arn],
            tags=self._args.endpoint.tags,
            opts=self._child,
        )

    def _shrink(self, scaling: ScalingPlan) -> None:
        policy = aws.autoscaling.Policy(
            f"{self._short}-down",
            autoscaling_group_name=self._args.group_name,
            # Simple: waits until the last removal has drained, then the cooldown.
            policy_type="SimpleScaling",
            adjustment_type="ChangeInCapacity",
            scaling_adjustment=-1,
            cooldown=scaling.down_cooldown_seconds,
            opts=self._child,
        )
        minutes = scaling.down_calm_seconds // 60
        aws.cloudwatch.MetricAlarm(
            f"{self._short}-down",
            alarm_description=f"{self._args.endpoint.name} could do with one replica less",
            metric_queries=self._load_on_one_less(),
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            comparison_operator="LessThanThreshold",
            threshold=scaling.down_measure_below,
            # Replicas that do not report may be busy.
            treat_missing_data="notBreaching",
            alarm_actions=[policy.arn],
            tags=self._args.endpoint.tags,
            opts=self._child,
        )

    def _load_on_one_less(self) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
        """The measure if one of the n replicas were gone. Never zero replicas: that is a sleep."""
        expression = f"IF(n > 1, m * n / (n - 1), {_NEVER_BELOW})"
        measured = aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace=self._namespace(),
            metric_name=self._args.endpoint.scaling.metric_name,
            dimensions=self._dimensions(),
            stat="Average",
            period=60,
        )
        replicas = aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace="AWS/AutoScaling",
            metric_name="GroupInServiceInstances",
            dimensions={"AutoScalingGroupName": self._args.group_name},
            stat="Average",
            period=60,
        )
        query = aws.cloudwatch.MetricAlarmMetricQueryArgs
        return [
            query(id="load", expression=expression, label="On one less", return_data=True),
            query(id="m", metric=measured, return_data=False),
            query(id="n", metric=replicas, return_data=False),
        ]

    def _namespace(self) -> str:
        if self._args.endpoint.scaling.measure == "cpu":
            return "AWS/EC2"
        return self._args.endpoint.names.metric_namespace

    def _dimensions(self) -> dict[str, pulumi.Input[str]] | None:
        """Our own metrics have none: every replica reports under one identity, so the mean over
        samples is the mean over replicas."""
        if self._args.endpoint.scaling.measure == "cpu":
            return {"AutoScalingGroupName": self._args.group_name}
        return None


def _steps(scaling: ScalingPlan) -> list[aws.autoscaling.PolicyStepAdjustmentArgs]:
    """Bounds count from the alarm's threshold; the last step has no end."""
    starts = [step.from_measure - scaling.threshold for step in scaling.up_steps]
    ends = [*starts[1:], None]
    return [
        aws.autoscaling.PolicyStepAdjustmentArgs(
            metric_interval_lower_bound=f"{start:g}",
            metric_interval_upper_bound=None if end is None else f"{end:g}",
            scaling_adjustment=step.add_replicas,
        )
        for step, start, end in zip(scaling.up_steps, starts, ends, strict=True)
    ]
