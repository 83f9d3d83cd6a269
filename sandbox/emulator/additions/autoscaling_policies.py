"""Scaling policies: named within their group, with the members that moto drops."""

from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from sandbox.emulator.additions import operation

_put_scaling_policy = AutoScalingResponse.put_scaling_policy


@operation(AutoScalingResponse, "PutScalingPolicy")
def put_scaling_policy(response: Any) -> ActionResult:
    """moto keeps policies by name alone, and answers with a member that does not exist."""
    policies = response.autoscaling_backend.policies
    name, group = response._get_param("PolicyName"), response._get_param("AutoScalingGroupName")
    of_another_group = policies.pop(name, None)
    _put_scaling_policy(response)
    policy: Any = policies.pop(name)
    if of_another_group:
        policies[name] = of_another_group
    policies[_key(group, name)] = policy
    policy.enabled = response._get_param("Enabled") is not False
    if policy.policy_type == "StepScaling":
        policy.metric_aggregation_type = policy.metric_aggregation_type or "Average"
    if policy.policy_type == "SimpleScaling" and response._get_int_param("Cooldown") is None:
        policy.cooldown = None
    return ActionResult({"PolicyARN": policy.arn})


@operation(AutoScalingResponse, "DeletePolicy")
def delete_policy(response: Any) -> EmptyResult:
    """By the group and the name, or by the ARN alone."""
    policies = response.autoscaling_backend.policies
    wanted, group = response._get_param("PolicyName"), response._get_param("AutoScalingGroupName")
    for key, policy in list(policies.items()):
        if policy.arn == wanted or key == _key(group, wanted):
            del policies[key]
            return EmptyResult()
    raise ValidationError(f"Policy {wanted} for group {group} not found")


def _key(group: str, name: str) -> str:
    return f"{group}/{name}"
