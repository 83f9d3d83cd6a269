"""aws.autoscaling.Policy: step and simple scaling."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, error_code
from sandbox.providers.aws.values import UNKNOWN

STEP, SIMPLE = "StepScaling", "SimpleScaling"
MEMBERS = {
    "policyType": "PolicyType",
    "adjustmentType": "AdjustmentType",
    "cooldown": "Cooldown",
    "enabled": "Enabled",
    "estimatedInstanceWarmup": "EstimatedInstanceWarmup",
    "metricAggregationType": "MetricAggregationType",
    "minAdjustmentMagnitude": "MinAdjustmentMagnitude",
    "scalingAdjustment": "ScalingAdjustment",
}
BOUNDS = {
    "metricIntervalLowerBound": "MetricIntervalLowerBound",
    "metricIntervalUpperBound": "MetricIntervalUpperBound",
}
ONLY_STEP = ("stepAdjustments", "estimatedInstanceWarmup", "metricAggregationType")
ONLY_SIMPLE = ("scalingAdjustment", "cooldown")


def create(operation: Operation) -> None:
    _put(operation, operation.inputs["name"])
    operation.created(operation.inputs["name"])


def read(operation: Operation) -> dict[str, Any] | None:
    group = {**operation.state, **operation.inputs}["autoscalingGroupName"]
    try:
        policies = operation.client("autoscaling").describe_policies(
            AutoScalingGroupName=group, PolicyNames=[operation.id]
        )["ScalingPolicies"]
    except ClientError as error:
        if error_code(error) == "ValidationError" and "not found" in str(error):
            return None
        raise
    if not policies:
        return None
    policy = policies[0]
    return {
        "arn": policy["PolicyARN"],
        "name": policy["PolicyName"],
        "autoscalingGroupName": policy["AutoScalingGroupName"],
        **{name: policy.get(member) for name, member in MEMBERS.items()},
        "stepAdjustments": [_from_step(step) for step in policy.get("StepAdjustments", [])],
    }


def update(operation: Operation) -> None:
    _put(operation, operation.id)


def delete(operation: Operation) -> None:
    try:
        operation.client("autoscaling").delete_policy(
            AutoScalingGroupName=operation.inputs["autoscalingGroupName"], PolicyName=operation.id
        )
    except ClientError as error:
        if error_code(error) != "ValidationError" or "not found" not in str(error):
            raise


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What belongs to which kind of policy (Auto Scaling API, PutScalingPolicy)."""
    kind = inputs.get("policyType", SIMPLE)
    if kind is UNKNOWN:
        return []
    failures = [
        (name, f"is only for policies of type {SIMPLE if kind == STEP else STEP}")
        for name in (ONLY_SIMPLE if kind == STEP else ONLY_STEP)
        if name in inputs
    ]
    needed = "stepAdjustments" if kind == STEP else "scalingAdjustment"
    failures.extend(
        (name, f"is required for policies of type {kind}")
        for name in (needed, "adjustmentType")
        if name not in inputs
    )
    if "minAdjustmentMagnitude" in inputs and inputs.get("adjustmentType") not in (
        UNKNOWN,
        "PercentChangeInCapacity",
    ):
        failures.append(("minAdjustmentMagnitude", "is only for PercentChangeInCapacity"))
    return failures


def _put(operation: Operation, name: str) -> None:
    """PutScalingPolicy overwrites; the provider always sends everything."""
    arguments = {
        member: operation.inputs[property_name]
        for property_name, member in MEMBERS.items()
        if operation.get(property_name) is not None
    }
    if operation.get("stepAdjustments"):
        arguments["StepAdjustments"] = [
            _to_step(step) for step in operation.inputs["stepAdjustments"]
        ]
    operation.client("autoscaling").put_scaling_policy(
        AutoScalingGroupName=operation.inputs["autoscalingGroupName"], PolicyName=name, **arguments
    )


def _to_step(step: Mapping[str, Any]) -> dict[str, Any]:
    bounds = {
        member: float(step[name]) for name, member in BOUNDS.items() if step.get(name) is not None
    }
    return {"ScalingAdjustment": step["scalingAdjustment"], **bounds}


def _from_step(step: Mapping[str, Any]) -> dict[str, Any]:
    bounds = {name: f"{step[member]:g}" for name, member in BOUNDS.items() if member in step}
    return {"scalingAdjustment": step["ScalingAdjustment"], **bounds}


def _number(text: Any) -> Any:
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


DOCS = "pulumi_aws.autoscaling.Policy"
GO = "hashicorp/terraform-provider-aws, internal/service/autoscaling/policy.go"

_BOUND = Property(
    because=f"{GO}: ValidateTypeStringNullableFloat",
    compared_as=_number,
    rules={"pattern": r"^(-?[0-9]+(\.[0-9]+)?)?$"},
)

TYPE = ResourceType(
    token="aws:autoscaling/policy:Policy",
    cloudformation="AWS::AutoScaling::ScalingPolicy",
    properties={
        "name": Property(cloudformation="PolicyName", replaces=True, because=f"{GO}: ForceNew"),
        "autoscalingGroupName": Property(cloudformation="AutoScalingGroupName"),
        "policyType": Property(
            default=SIMPLE,
            because=f"default: {GO}; the sandbox serves these two",
            rules={"enum": [SIMPLE, STEP]},
        ),
        "adjustmentType": Property(),
        "cooldown": Property(),
        "enabled": Property(cloudformation=None, because=f"{GO}: default", default=True),
        "estimatedInstanceWarmup": Property(),
        "metricAggregationType": Property(),
        "minAdjustmentMagnitude": Property(because=f"{GO}: IntAtLeast(1)", rules={"minimum": 1}),
        "scalingAdjustment": Property(),
        "stepAdjustments": Property(
            properties={
                "metricIntervalLowerBound": _BOUND,
                "metricIntervalUpperBound": _BOUND,
            }
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    auto_name=AutoName(max_length=255, prefix_property=None),
    sample=lambda: {
        "name": "llama-8b-up",
        "autoscalingGroupName": "homeport-demo-llama-8b",
        "policyType": STEP,
        "adjustmentType": "PercentChangeInCapacity",
        "minAdjustmentMagnitude": 1,
        "enabled": True,
        "estimatedInstanceWarmup": 300,
        "metricAggregationType": "Average",
        "stepAdjustments": [
            {
                "metricIntervalLowerBound": "0",
                "metricIntervalUpperBound": "20",
                "scalingAdjustment": 1,
            }
        ],
    },
)
